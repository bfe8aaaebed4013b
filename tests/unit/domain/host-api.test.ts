import { describe, expect, it } from 'vitest';
import { parseHostMessage } from '#domain/host-api.ts';
import { bytes, hash } from '#tests/support/builders.ts';

const line = { kind: 'log', level: 'INFO', message: 'hello', ordinal: 0 };
const callTask = {
  method: 'callTask',
  call: 0,
  task: 'train',
  arguments: bytes(1),
  dependsOn: ['extract-0'],
  waitsFor: [{ call: 0, allowFailure: false }],
};

const pause = {
  method: 'pause',
  call: 0,
  key: 'k',
  message: 'Promote it?',
  schema: { approved: { kind: 'boolean' }, rounds: { kind: 'integer', default: 3, max: 5 } },
  timeoutSeconds: 60,
  suspend: false,
};

/** As it is after crossing a port. */
const refusalOf = (request: unknown, id: unknown = 1): string => {
  try {
    parseHostMessage(structuredClone({ id, request }));
    return 'accepted';
  } catch (error) {
    return error instanceof Error ? error.message : 'thrown';
  }
};

describe('what an author worker may ask', () => {
  it('is accepted as it was sent', () => {
    const sent = { id: 3, request: { method: 'lines', lines: [line] } };
    expect(parseHostMessage(structuredClone(sent))).toEqual(sent);
    expect(refusalOf(callTask)).toBe('accepted');
    expect(refusalOf({ method: 'sleep', call: 1, seconds: 0.5 })).toBe('accepted');
    const callFlow = { method: 'callFlow', call: 0, flow: 'child', parameters: bytes(1) };
    expect(refusalOf(callFlow)).toBe('accepted');
    expect(refusalOf({ method: 'getValue', hash: hash(1) })).toBe('accepted');
    expect(refusalOf(pause)).toBe('accepted');
    expect(refusalOf({ method: 'readSnapshot', dataset: 'reviews' })).toBe('accepted');
    const acquire = { method: 'acquireLimit', name: 'db', slots: 1, strict: false };
    expect(refusalOf(acquire)).toBe('accepted');
    expect(refusalOf({ ...acquire, timeoutSeconds: 2.5 })).toBe('accepted');
    expect(refusalOf({ method: 'releaseLimit', lease: 0 })).toBe('accepted');
  });

  it('is one of the methods there are', () => {
    for (const method of ['toString', '__proto__', 'constructor', 'deleteEverything', '', 7, null])
      expect(refusalOf({ method }), String(method)).toContain('request.method');
    expect(refusalOf({})).toContain('not allowed: request');
    expect(refusalOf(null)).toContain('not allowed: request');
  });

  it('is not a message of another shape', () => {
    for (const message of [undefined, null, 7, 'lines', [], new Map()])
      expect(() => parseHostMessage(message)).toThrow('not allowed');
    expect(refusalOf({ method: 'wasm' }, 'one')).toContain('not allowed: id');
    expect(refusalOf({ method: 'wasm' }, -1)).toContain('not allowed: id');
    expect(refusalOf({ method: 'wasm' }, 1.5)).toContain('not allowed: id');
  });

  it('names the field that is wrong', () => {
    expect(refusalOf({ ...callTask, call: -1 })).toContain('request.call');
    expect(refusalOf({ ...callTask, arguments: [1] })).toContain('request.arguments');
    expect(refusalOf({ method: 'progress', fraction: 1.1 })).toContain('request.fraction');
    expect(refusalOf({ method: 'progress', fraction: Number.NaN })).toContain('request.fraction');
    expect(refusalOf({ method: 'getValue', hash: 'sha256-xyz' })).toContain('request.hash');
    expect(refusalOf({ method: 'sleep', call: 0, seconds: -1 })).toContain('request.seconds');
    expect(refusalOf({ ...pause, timeoutSeconds: 0 })).toContain('request.timeoutSeconds');
    expect(refusalOf({ ...pause, schema: { a: { kind: 'date' } } })).toContain('schema.a.kind');
    const lines = [line, { ...line, level: 'LOUD' }];
    expect(refusalOf({ method: 'lines', lines })).toContain('request.lines.1.level');
    const loadModel = { method: 'loadModel', model: '../secret', which: 'champion' };
    expect(refusalOf(loadModel)).toContain('request.model');
  });

  it('is not longer than it may be', () => {
    const message = 'x'.repeat(20_001);
    expect(refusalOf({ method: 'lines', lines: [{ ...line, message }] })).toContain('message');
    const lines = Array.from({ length: 101 }, () => line);
    expect(refusalOf({ method: 'lines', lines })).toContain('request.lines');
    const dependsOn = Array.from({ length: 10_001 }, () => 'a-0');
    expect(refusalOf({ ...callTask, dependsOn })).toContain('request.dependsOn');
    const long = new ArrayBuffer(64 * 1024 * 1024 + 1);
    const parameters = new ArrayBuffer(1024 * 1024 + 1);
    expect(refusalOf({ method: 'callFlow', call: 0, flow: 'f', parameters })).toContain(
      'longer than 1048576 bytes',
    );
    expect(refusalOf({ method: 'putValue', bytes: long })).toContain('longer than 67108864 bytes');
  });

  it('cannot smuggle in a prototype', () => {
    const metrics = JSON.parse('{"accuracy": 0.9, "__proto__": 1, "constructor": 2}') as unknown;
    const conditions = [{ metric: 'accuracy', atLeast: 0.9 }];
    const request = { method: 'decideGate', ordinal: 0, conditions, metrics };
    const parsed = parseHostMessage(structuredClone({ id: 1, request })).request;
    expect('metrics' in parsed && Object.keys(parsed.metrics)).toEqual(['accuracy']);
    expect('metrics' in parsed && Object.getPrototypeOf(parsed.metrics)).toBe(Object.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('loses what the protocol does not know', () => {
    const { request } = parseHostMessage({ id: 1, request: { method: 'wasm', extra: 1 } });
    expect(request).toEqual({ method: 'wasm' });
  });
});
