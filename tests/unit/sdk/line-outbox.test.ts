import { describe, expect, it } from 'vitest';
import {
  LINE_CREDITS,
  parseHostMessage,
  type HostReply,
  type HostRequest,
} from '#domain/host-api.ts';
import { LineOutbox } from '#sdk/line-outbox.ts';

type Lines = Extract<HostRequest, { method: 'lines' }>['lines'];

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** An engine that acknowledges a batch when the test says so; it refuses what the protocol refuses. */
function outboxWith(refuses: (lines: Lines) => boolean = () => false) {
  const batches: Lines[] = [];
  const waiting: (() => void)[] = [];
  const outbox = new LineOutbox({
    ask: (request) =>
      new Promise((resolve) => {
        const parsed = parseHostMessage({ id: 0, request }).request;
        const lines = 'lines' in parsed ? parsed.lines : [];
        batches.push(lines);
        const failure = { kind: 'exception', name: 'Error', message: 'not allowed' } as const;
        const reply: HostReply = refuses(lines)
          ? { id: 0, at: 0, ok: false, failure }
          : { id: 0, at: 0, ok: true, value: undefined };
        waiting.push(() => resolve(reply));
      }),
  });
  const acknowledge = async () => {
    waiting.splice(0).forEach((release) => release());
    await turn();
  };
  const log = (message: string) => outbox.push({ kind: 'log', level: 'INFO', message });
  const messages = () =>
    batches.flat().flatMap((line) => (line.kind === 'log' ? [line.message] : []));
  return { outbox, batches, acknowledge, log, messages };
}

describe('lines', () => {
  it('that are said at once go out together, numbered from 0', async () => {
    const { batches, log } = outboxWith();
    for (const message of ['a', 'b', 'c']) log(message);
    await turn();
    expect(batches.map((lines) => lines.map(({ ordinal }) => ordinal))).toEqual([[0, 1, 2]]);
  });

  it('wait when as many batches as there are credits are on their way', async () => {
    const { batches, acknowledge, log } = outboxWith();
    for (let i = 0; i < 1000; i++) log(String(i));
    await turn();
    expect(batches.map(({ length }) => length)).toEqual(Array(LINE_CREDITS).fill(100));
    await acknowledge();
    expect(batches).toHaveLength(2 * LINE_CREDITS);
    await acknowledge();
    expect(batches).toHaveLength(10);
  });

  it('are all acknowledged before a flush is done', async () => {
    const { outbox, acknowledge, log } = outboxWith();
    for (let i = 0; i < 500; i++) log(String(i));
    let flushed = false;
    const flush = outbox.flush().then(() => (flushed = true));
    await acknowledge();
    expect(flushed).toBe(false);
    await acknowledge();
    await flush;
    await outbox.flush();
  });

  it('that are too long are cut, in a flow body as in a task', async () => {
    const { log, messages } = outboxWith();
    log('x'.repeat(30_000));
    await turn();
    expect(messages()[0]).toHaveLength(20_000);
    expect(messages()[0]?.at(-1)).toBe('…');
  });

  it('go out in batches that the engine does not refuse for their length', async () => {
    const { batches, acknowledge, log } = outboxWith();
    for (let i = 0; i < 90; i++) log('x'.repeat(20_000));
    await turn();
    await acknowledge();
    const lengths = batches.map((lines) =>
      lines.reduce((sum, line) => sum + (line.kind === 'log' ? line.message.length : 0), 0),
    );
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1024 * 1024);
    expect(batches.flat()).toHaveLength(90);
  });

  it('that are refused leave a warning, and a refused warning leaves none', async () => {
    const some = outboxWith((lines) => lines.some((line) => line.kind === 'metric'));
    some.outbox.push({ kind: 'metric', series: 'training', step: 1, values: { loss: 1 } });
    some.log('beside it');
    await turn();
    await some.acknowledge();
    expect(some.messages().at(-1)).toBe('2 lines could not be kept: Error: not allowed');
    const all = outboxWith(() => true);
    all.log('a');
    const flush = all.outbox.flush();
    for (let i = 0; i < 5; i++) await all.acknowledge();
    await flush;
    expect(all.batches).toHaveLength(2);
  });

  it('beyond 100,000 waiting are dropped, and that is said at the end', async () => {
    const { outbox, acknowledge, log, messages } = outboxWith();
    for (let i = 0; i < 50_000 + 7; i++) log('x');
    let flushed = false;
    void outbox.flush().then(() => (flushed = true));
    while (!flushed) await acknowledge();
    expect(messages().at(-1)).toBe('7 lines were dropped: more than 50000 were waiting.');
  });
});
