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
