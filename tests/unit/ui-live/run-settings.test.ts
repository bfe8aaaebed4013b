import { describe, expect, it } from 'vitest';
import { editsOf, readSettings, settingsDefaults } from '#ui/live/run-settings.ts';

const read = (edits: Parameters<typeof readSettings>[0]) => readSettings(edits, undefined);

describe('settings beside Run', () => {
  it('begin as the built-in flow says', () => {
    expect(settingsDefaults(undefined)).toEqual({
      threshold: '0.9',
      seed: '7',
      extractRetries: '2',
      extractDelay: '5',
    });
  });

  it('follow the source', () => {
    const flow = {
      name: 'mine',
      parameters: { threshold: { kind: 'number', default: 0.5 } },
      tasks: [{ name: 'extract', options: { retries: 4, retryDelaySeconds: [1, 2] } }],
    } as const;
    expect(settingsDefaults(flow)).toMatchObject({
      threshold: '0.5',
      extractRetries: '4',
      extractDelay: '1, 2',
    });
  });

  it('count as changed only where they differ', () => {
    const defaults = settingsDefaults(undefined);
    expect(editsOf({ ...defaults, threshold: ' 0.9 ', seed: '8' }, defaults)).toEqual({
      seed: '8',
    });
  });

  it('send nothing that was not changed', () => {
    expect(read({})).toEqual({ ok: true, parameters: {}, overrides: {}, seed: 7 });
  });

  it('send what was changed as numbers', () => {
    expect(
      read({ threshold: '0.95', seed: '12', extractRetries: '0', extractDelay: '1, 2.5, 4 s' }),
    ).toEqual({
      ok: true,
      parameters: { threshold: 0.95 },
      overrides: { extract: { retries: 0, retryDelaySeconds: [1, 2.5, 4] } },
      seed: 12,
    });
  });

  it.each([
    [{ threshold: '1.5' }, 'threshold', /1\.5 is above 1.+0 to 1/],
    [{ threshold: '-0.1' }, 'threshold', /below 0/],
    [{ threshold: '' }, 'threshold', /not a number/],
    [{ threshold: 'high' }, 'threshold', /"high" is not a number/],
    [{ seed: '1.5' }, 'seed', /whole number/],
    [{ seed: '-1' }, 'seed', /whole number/],
    [{ seed: '99999999999999999' }, 'seed', /whole number/],
    [{ extractRetries: '-1' }, 'extract.retries', /0 or more/],
    [{ extractRetries: 'two' }, 'extract.retries', /0 or more/],
    [{ extractDelay: '-5' }, 'extract.retryDelaySeconds', /0 or more/],
    [{ extractDelay: '' }, 'extract.retryDelaySeconds', /0 or more/],
    [{ extractDelay: '1,,2,x' }, 'extract.retryDelaySeconds', /like 5/],
  ])('%j is refused at %s', (edits, field, message) => {
    const reading = read(edits);
    expect(reading).toMatchObject({ ok: false, problems: [{ field }] });
    if (!reading.ok) expect(reading.problems[0]?.message).toMatch(message);
  });

  it('say when the source has no threshold', () => {
    const flow = { name: 'mine', parameters: {}, tasks: [] };
    expect(readSettings({ threshold: '0.8' }, flow)).toMatchObject({
      problems: [{ message: expect.stringMatching(/no such parameter. Add the parameter/) }],
    });
  });
});
