import { describe, expect, it } from 'vitest';
import {
  checkParameters,
  resolveParameters,
  type ParameterField,
  type ParameterSchema,
} from '#domain/parameters.ts';
import { readParameters, writeParameters } from '#domain/parameter-bytes.ts';

const SCHEMA: ParameterSchema = {
  threshold: { kind: 'number', default: 0.9, min: 0, max: 1 },
  epochs: { kind: 'integer', default: 30, min: 1 },
  label: { kind: 'text', default: 'nightly', maxLength: 10 },
  shuffle: { kind: 'boolean', default: true },
};

const problemsOf = (given: Record<string, unknown>, schema = SCHEMA): readonly string[] => {
  const check = checkParameters(schema, given);
  return check.ok ? [] : check.problems;
};

describe('parameters', () => {
  it('take their defaults where nothing is given', () => {
    expect(checkParameters(SCHEMA, {})).toEqual({
      ok: true,
      parameters: { threshold: 0.9, epochs: 30, label: 'nightly', shuffle: true },
    });
  });

  it('are coerced from text, as a form or a link gives them', () => {
    const given = { threshold: '0.75', epochs: ' 5 ', shuffle: 'false' };
    expect(checkParameters(SCHEMA, given)).toMatchObject({
      ok: true,
      parameters: { threshold: 0.75, epochs: 5, shuffle: false },
    });
  });

  it('are refused by name, with the limit that they break', () => {
    expect(problemsOf({ threshold: 1.5 })).toEqual(['threshold: 1.5 is above 1']);
    expect(problemsOf({ threshold: -0.1 })).toEqual(['threshold: -0.1 is below 0']);
    expect(problemsOf({ epochs: 2.5 })).toEqual(['epochs: 2.5 is not a whole number']);
    expect(problemsOf({ threshold: 'high' })).toEqual(['threshold: "high" is not a number']);
    expect(problemsOf({ shuffle: 'yes' })).toEqual(['shuffle: "yes" is not true or false']);
    expect(problemsOf({ label: 7 })).toEqual(['label: 7 is not text']);
    expect(problemsOf({ label: 'much too long' })).toEqual([
      'label: the text is longer than 10 characters',
    ]);
  });

  it('are refused when they are no finite number, and the message shows what was given', () => {
    expect(problemsOf({ threshold: Number.NaN })).toEqual(['threshold: NaN is not a number']);
    expect(problemsOf({ threshold: 'Infinity' })).toEqual(['threshold: Infinity is not a number']);
    expect(problemsOf({ threshold: '' })).toEqual(['threshold: "" is not a number']);
    expect(problemsOf({ threshold: null })).toEqual(['threshold: null is not a number']);
  });

  it('are one of the options of a choice', () => {
    const schema: ParameterSchema = { mode: { kind: 'choice', options: ['fast', '1'] } };
    expect(checkParameters(schema, { mode: '1' })).toEqual({ ok: true, parameters: { mode: '1' } });
    expect(problemsOf({ mode: 1 }, schema)).toEqual(['mode: 1 is not one of "fast", "1"']);
    expect(problemsOf({ mode: 'slow' }, schema)).toEqual([
      'mode: "slow" is not one of "fast", "1"',
    ]);
    expect(problemsOf({}, schema)).toEqual(['mode: a value is needed']);
  });

  it('are all refused at once', () => {
    expect(problemsOf({ threshold: 2, epochs: 0, colour: 'red' })).toEqual([
      'colour: this flow has no such parameter',
      'threshold: 2 is above 1',
      'epochs: 0 is below 1',
    ]);
  });

  it('are needed when they have no default', () => {
    expect(problemsOf({}, { day: { kind: 'integer' } })).toEqual(['day: a value is needed']);
  });

  it('have a default that is checked like any value', () => {
    const schema: ParameterSchema = { share: { kind: 'number', default: 3, max: 1 } };
    expect(problemsOf({}, schema)).toEqual(['share: 3 is above 1']);
  });

  it('do not confuse what every object inherits with a value', () => {
    expect(problemsOf({ constructor: 1 })).toEqual([
      'constructor: this flow has no such parameter',
    ]);
    const field: ParameterField = { kind: 'number' };
    const schema = Object.fromEntries([['toString', field]]);
    expect(problemsOf({}, schema)).toEqual(['toString: a value is needed']);
  });
});

describe('parameters that are not to be checked', () => {
  const unchecked = (given: Record<string, unknown>) =>
    resolveParameters({ parameters: SCHEMA, options: { validateParameters: false } }, given);

  it('are taken as they are, with the defaults of those that are missing', () => {
    expect(unchecked({ threshold: 'high', epochs: '5', colour: 'red' })).toEqual({
      ok: true,
      parameters: {
        threshold: 'high',
        epochs: '5',
        colour: 'red',
        label: 'nightly',
        shuffle: true,
      },
    });
  });

  it('are refused where no record can hold them', () => {
    expect(unchecked({ threshold: [1], epochs: null })).toEqual({
      ok: false,
      problems: [
        'threshold: [1] is not a number, text, true or false',
        'epochs: null is not a number, text, true or false',
      ],
    });
  });
});

describe('parameters of a subflow', () => {
  const sent = (given?: Record<string, unknown>) => readParameters(writeParameters('child', given));

  it('travel as they are', () => {
    const given = { n: 1.5, label: 'Größe', on: false, odd: [1, { a: null }] };
    expect(sent(given)).toEqual(given);
    expect(sent()).toEqual({});
    expect(sent({ n: undefined })).toEqual({});
  });

  it('keep the name of what is no number', () => {
    expect(sent({ a: NaN, b: -Infinity })).toEqual({ a: 'NaN', b: '-Infinity' });
  });

  it('are the same bytes for the same call', () => {
    expect(writeParameters('child', { a: 1, b: 2 })).toEqual(
      writeParameters('child', { a: 1, b: 2 }),
    );
  });

  it('that were not written so are refused', () => {
    const bytes = (text: string) => new TextEncoder().encode(text).buffer;
    for (const text of ['[1]', 'null', '7', '"x"', '{'])
      expect(() => readParameters(bytes(text)), text).toThrow();
    expect(Object.keys(readParameters(bytes('{"__proto__": {"polluted": 1}}')))).toEqual([
      '__proto__',
    ]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
