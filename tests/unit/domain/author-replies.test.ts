import { describe, expect, it } from 'vitest';
import { parseLoadReply, parseOutcome } from '#domain/author-replies.ts';
import { bytes } from '#tests/support/builders.ts';

const outcome = (reply: unknown) => parseOutcome(structuredClone(reply), 'train-0');
const loaded = (more: object = {}) => ({
  ok: true,
  flow: { name: 'f', options: {}, parameters: {} },
  flows: [],
  tasks: [],
  ...more,
});

describe('the outcome that an author worker tells', () => {
  it('is taken when it is well formed', () => {
    const reply = { ok: true, value: bytes(1), label: '1' };
    expect(outcome(reply)).toEqual(reply);
    const failure = { kind: 'exception', name: 'ValueError', message: 'x', stack: 'flow.ts:1:1' };
    expect(outcome({ ok: false, failure })).toEqual({ ok: false, failure });
  });

  it('is a failure that names the field when it is not', () => {
    const messageOf = (reply: unknown) => {
      const told = outcome(reply);
      return !told.ok && told.failure.kind === 'exception' ? told.failure.message : told;
    };
    for (const reply of [undefined, null, 7, 'ok', [], {}, { ok: 'true' }])
      expect(messageOf(reply)).toMatch(/^train-0: /);
    expect(messageOf({ ok: true, value: [1], label: '' })).toContain('train-0: value');
    expect(messageOf({ ok: true, value: bytes() })).toContain('train-0: label');
    expect(messageOf({ ok: false, failure: { kind: 'made up' } })).toContain('failure.kind');
    const long = 'x'.repeat(100_001);
    expect(messageOf({ ok: true, value: bytes(), label: long })).toContain('label');
  });

  it('cannot claim what only the engine knows', () => {
    const failure = { kind: 'exception', name: 'Error', message: '', injected: true };
    expect(outcome({ ok: false, failure })).toEqual({
      ok: false,
      failure: { kind: 'exception', name: 'Error', message: '' },
    });
    const promoted = { ok: true, value: bytes(), label: '', stateName: 'Promoted' };
    expect(outcome(promoted)).not.toHaveProperty('stateName');
  });

  it('may not be too long, and says what to return instead', () => {
    const value = new ArrayBuffer(64 * 1024 * 1024 + 1);
    expect(outcome({ ok: true, value, label: '' })).toEqual({
      ok: false,
      failure: {
        kind: 'cannot-encode',
        path: 'The result of train-0',
        message:
          'it is 65 MB long or more, and 64 MB is the limit; pass on less, or a dataset or model',
      },
    });
  });

  it('is never an exception, whatever it is', () => {
    const poisoned = JSON.parse(
      '{"ok": true, "value": {}, "label": "", "__proto__": {"polluted": 1}}',
    ) as unknown;
    expect(outcome(poisoned).ok).toBe(false);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('what an author worker tells about its program', () => {
  it('is taken when it is well formed', () => {
    const reply = loaded({
      flow: {
        name: 'f',
        options: { logPrints: true, validateParameters: false },
        parameters: { threshold: { kind: 'number', default: 0.9, min: 0, max: 1 } },
        functions: { asksName: true, hooks: { onFailure: ['page'] } },
      },
      tasks: [{ name: 'a', options: { retries: 2, retryDelaySeconds: [1, 2] }, functions: {} }],
    });
    expect(parseLoadReply(structuredClone(reply))).toEqual(reply);
  });

  it('is a load failure when it is not', () => {
    for (const reply of [undefined, {}, loaded({ tasks: 'none' }), loaded({ flow: {} })])
      expect(parseLoadReply(reply)).toMatchObject({ ok: false, failure: { kind: 'load' } });
    const field = { threshold: { kind: 'file' } };
    const flow = { name: 'f', options: {}, parameters: field };
    expect(parseLoadReply(loaded({ flow }))).toMatchObject({
      failure: { message: expect.stringContaining('flow.parameters.threshold.kind') },
    });
  });

  it('has no more tasks than a flow can have', () => {
    const tasks = Array.from({ length: 10_001 }, (_, i) => ({ name: `${i}`, options: {} }));
    expect(parseLoadReply(loaded({ tasks }))).toMatchObject({ ok: false });
  });
});
