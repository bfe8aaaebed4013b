import { describe, expect, it } from 'vitest';
import { CannotEncode } from '#domain/codec.ts';
import { failureOf, RunFailure } from '#sdk/thrown.ts';

describe('what author code throws', () => {
  it('is an exception with its name, message and place in the source', () => {
    const error = new TypeError('oops');
    error.stack = [
      'TypeError: oops',
      '    at parse (./features.ts:3:9)',
      '    at flow.ts:12:5',
      '    at run (blob:null/1234:99:1)',
    ].join('\n');
    expect(failureOf(error)).toEqual({
      kind: 'exception',
      name: 'TypeError',
      message: 'oops',
      stack: 'at parse (./features.ts:3:9)\nat flow.ts:12:5',
      position: { file: './features.ts', line: 3, column: 9 },
    });
  });

  it('has no place when no author file is in its stack', () => {
    const error = new Error('x');
    error.stack = 'Error: x\n    at blob:null/1:1:1';
    expect(failureOf(error)).toEqual({ kind: 'exception', name: 'Error', message: 'x' });
  });

  it('may be anything', () => {
    const messageOf = (thrown: unknown) => {
      const failure = failureOf(thrown);
      return failure.kind === 'exception' ? `${failure.name}: ${failure.message}` : failure.kind;
    };
    expect(messageOf('text')).toBe('Thrown: text');
    expect(messageOf(undefined)).toBe('Thrown: undefined');
    expect(messageOf({ code: 7 })).toBe('Thrown: {"code":7}');
    expect(messageOf(Symbol('x'))).toBe('Thrown: Symbol(x)');
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(messageOf(loop)).toBe('Thrown: [object Object]');
  });

  it('may be made to hurt whoever looks at it', () => {
    const hurt = (): never => {
      throw new Error('gotcha');
    };
    const proxy = new Proxy({}, { getPrototypeOf: hurt, get: hurt, ownKeys: hurt });
    const { proxy: revoked, revoke } = Proxy.revocable({}, {});
    revoke();
    const unseen = {
      kind: 'exception',
      name: 'Thrown',
      message: 'something that throws when it is looked at',
    };
    expect(failureOf(proxy)).toEqual(unseen);
    expect(failureOf(revoked)).toEqual(unseen);
    const named = Object.defineProperty(new Error('x'), 'name', { get: hurt });
    expect(failureOf(named)).toEqual(unseen);
    const getters = {
      get message() {
        return hurt();
      },
      toJSON: hurt,
      get [Symbol.toStringTag]() {
        return hurt();
      },
    };
    expect(failureOf(getters)).toMatchObject({ message: 'an object that cannot be shown' });
  });

  it('has a name and a message in words, even where they are none', () => {
    const odd = Object.assign(new Error('x'), { name: 7, message: { code: 7 }, stack: null });
    expect(failureOf(odd)).toEqual({ kind: 'exception', name: '7', message: '{"code":7}' });
  });

  it('is cut where it is endless, and says how long it was', () => {
    const long = new RangeError('a/'.repeat(5_242_880));
    const failure = failureOf(long);
    expect(failure).toMatchObject({
      name: 'RangeError',
      message: `${'a/'.repeat(5000)}… (10,485,760 characters)`,
    });
    expect(JSON.stringify(failure).length).toBeLessThan(40_000);
    expect(failureOf('x'.repeat(20_000))).toMatchObject({
      message: `${'x'.repeat(10_000)}… (20,000 characters)`,
    });
    expect(failureOf(Object.assign(new Error(''), { name: 'N'.repeat(500) }))).toMatchObject({
      name: `${'N'.repeat(200)}… (500 characters)`,
    });
  });

  it('is the failure itself when the engine made it', () => {
    const failure = { kind: 'timeout', seconds: 1, subject: 'Task' } as const;
    const given = new RunFailure(failure);
    expect(failureOf(given)).toBe(failure);
    expect(given.name).toBe('TimeoutError');
    expect(given.message).toBe('Task run exceeded timeout of 1 second(s)');
    const exception = { kind: 'exception', name: 'ValueError', message: 'x' } as const;
    expect(String(new RunFailure(exception))).toBe('ValueError: x');
  });

  it('says what could not be encoded', () => {
    expect(failureOf(new CannotEncode('it.rows', 'a function cannot leave'))).toEqual({
      kind: 'cannot-encode',
      path: 'it.rows',
      message: 'a function cannot leave',
    });
  });
});
