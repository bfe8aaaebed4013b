import { describe, expect, it } from 'vitest';
import { checkParameters, type ParameterSchema } from '#domain/parameters.ts';
import {
  answerDraft,
  answerOf,
  fieldLabel,
  otherProblems,
  problemOf,
} from '#ui/live/pause-form.ts';

const SCHEMA: ParameterSchema = {
  approved: { kind: 'boolean' },
  rounds: { kind: 'integer', default: 3, max: 5 },
  reason: { kind: 'text', default: '' },
  name: { kind: 'text' },
};

describe('the form of a pause', () => {
  it('begins with the defaults, and with nothing where there are none', () => {
    expect(answerDraft(SCHEMA)).toEqual({ approved: '', rounds: '3', reason: '', name: '' });
  });

  it('sends what was typed as the schema reads it', () => {
    const draft = { approved: 'true', rounds: '4', reason: ' fine ', name: 'nightly' };
    expect(checkParameters(SCHEMA, answerOf(SCHEMA, draft))).toEqual({
      ok: true,
      parameters: { approved: true, rounds: 4, reason: ' fine ', name: 'nightly' },
    });
  });

  it('takes an empty field for no value: neither false, nor the default that was cleared', () => {
    const check = checkParameters(
      SCHEMA,
      answerOf(SCHEMA, { ...answerDraft(SCHEMA), rounds: ' ' }),
    );
    expect(check).toEqual({
      ok: false,
      problems: [
        'approved: a value is needed',
        'rounds: a value is needed',
        'name: a value is needed',
      ],
    });
  });

  it('names its fields in words', () => {
    expect(['approved', 'maxRounds', 'max_rounds', 'top5Words', 'URL'].map(fieldLabel)).toEqual([
      'Approved',
      'Max rounds',
      'Max rounds',
      'Top5 words',
      'URL',
    ]);
  });

  it('shows each problem at its field, and what has none beside it', () => {
    const problems = [
      { field: 'rounds', message: 'rounds: 9 is above 5. Change it and press Resume again.' },
      { message: 'Another tab leads.' },
      { field: 'gone', message: 'gone: nobody asked for it.' },
    ];
    expect(problemOf(problems, 'rounds')).toBe('9 is above 5. Change it and press Resume again.');
    expect(problemOf(problems, 'name')).toBeUndefined();
    expect(otherProblems(problems, SCHEMA)).toEqual(problems.slice(1));
  });
});
