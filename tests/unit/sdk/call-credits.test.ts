import { describe, expect, it } from 'vitest';
import type { HostRequest } from '#domain/host-api.ts';
import { codec } from '#rpc/codec.ts';
import { CallCredits } from '#sdk/call-credits.ts';
import { RecordedCalls } from '#sdk/flow-calls.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the calls of a flow body', () => {
  it('go ten thousand at a time, in order; each answer lets the next one go', async () => {
    const asked: HostRequest[] = [];
    const answer: (() => void)[] = [];
    const ask = (request: HostRequest) => {
      asked.push(request);
      return new Promise<never>((resolve) =>
        answer.push(() =>
          resolve({
            id: 0,
            at: 0,
            ok: true,
            value: { taskRun: 'noop-0', state: { type: 'COMPLETED', name: 'Completed' } },
          } as never),
        ),
      );
    };
    const calls = new RecordedCalls({ ask }, codec, 0);
    for (let i = 0; i < 10_005; i++) calls.submit('noop', [i], []);
    await turn();
    const numbers = () => asked.map((request) => ('call' in request ? request.call : -1));
    expect(numbers()).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
    answer[7]?.();
    answer[3]?.();
    await turn();
    expect(numbers().slice(10_000)).toEqual([10_000, 10_001]);
  });

  it('are refused when very many are open, with what to do', () => {
    const credits = new CallCredits();
    for (let i = 0; i < 100_000; i++) void credits.take();
    expect(() => credits.take()).toThrow(
      '100,000 calls of this flow are under way. Await some of them before you make more.',
    );
  });
});
