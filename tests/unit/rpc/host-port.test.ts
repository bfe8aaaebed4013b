import { beforeEach, describe, expect, it } from 'vitest';
import type { HostReply } from '#domain/host-api.ts';
import type { HostHandler } from '#domain/ports.ts';
import { StorageFull } from '#domain/store.ts';
import { callHost, HostServer } from '#rpc/host-port.ts';
import { portPair } from '#tests/support/port-pair.ts';

const NOW = 1000;
const answers =
  (value: unknown): HostHandler =>
  async () => ({ ok: true, value });
const turn = () => new Promise((resolve) => setImmediate(resolve));

let author: MessagePort;
let server: HostServer;
let replies: HostReply[];

beforeEach(() => {
  const [enginePort, authorPort] = portPair();
  replies = [];
  author = authorPort;
  author.onmessage = ({ data }: MessageEvent<HostReply>) => void replies.push(data);
  server = new HostServer(enginePort, () => NOW);
});

async function send(...messages: readonly unknown[]): Promise<readonly HostReply[]> {
  for (const message of messages) author.postMessage(message);
  await turn();
  return replies;
}

const wasm = (id: unknown) => ({ id, request: { method: 'wasm' } });
const failureOf = (reply: HostReply | undefined) =>
  reply?.ok === false ? reply.failure : undefined;

describe('the host port', () => {
  it('answers with the number of the question and the instant', async () => {
    server.serve(answers('yes'));
    expect(await send(wasm(7))).toEqual([{ id: 7, at: NOW, ok: true, value: 'yes' }]);
  });

  it('gives the instant of the answer where the journal has one', async () => {
    server.serve(async () => ({ ok: true, value: 1, at: 5 }));
    expect(await send(wasm(1))).toMatchObject([{ at: 5 }]);
  });

  it('tells the author what was refused, as an exception', async () => {
    server.serve(async () => {
      throw new RangeError('no such day');
    });
    expect(failureOf((await send(wasm(1)))[0])).toEqual({
      kind: 'exception',
      name: 'RangeError',
      message: 'no such day',
    });
  });

  it('calls full storage by its name', async () => {
    server.serve(async () => {
      throw new StorageFull('The browser gave no more room.');
    });
    expect(failureOf((await send(wasm(1)))[0])).toEqual({
      kind: 'storage-full',
      message: 'The browser gave no more room.',
    });
  });

  it('refuses an unknown method, and a known one with wrong fields, without asking the engine', async () => {
    let asked = 0;
    server.serve(async () => {
      asked++;
      return { ok: true, value: undefined };
    });
    await send(
      { id: 1, request: { method: 'format' } },
      { id: 2, request: { method: 'toString' } },
      { id: 3, request: { method: 'sleep', call: 0, seconds: 'long' } },
      { id: 4 },
    );
    expect(replies.map(failureOf)).toEqual(
      [1, 2, 3, 4].map(() => ({
        kind: 'exception',
        name: 'Error',
        message: expect.stringContaining('is not allowed'),
      })),
    );
    expect(asked).toBe(0);
  });

  it('drops what has no number to answer to', async () => {
    server.serve(answers(1));
    await send(undefined, null, 'text', [], {}, wasm('1'), wasm({ valueOf: 1 }));
    expect(replies).toEqual([]);
  });

  it('refuses lines that are too many characters together', async () => {
    server.serve(answers(undefined));
    const line = { kind: 'log', level: 'INFO', message: 'x'.repeat(20_000), ordinal: 0 };
    const lines = Array.from({ length: 60 }, () => line);
    const [reply] = await send({ id: 1, request: { method: 'lines', lines } });
    expect(failureOf(reply)).toMatchObject({ message: expect.stringContaining('are too many') });
  });

  it('is not poisoned by the keys of a message', async () => {
    server.serve(answers(1));
    const message = JSON.parse('{"id": 1, "__proto__": {"polluted": 1}, "request": {}}') as unknown;
    await send(message);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('after the end of a call', () => {
  it('messages are dropped', async () => {
    server.serve(answers(1));
    server.stop();
    expect(await send(wasm(1))).toEqual([]);
  });

  it('an answer that was on its way is dropped', async () => {
    let release: () => void = () => undefined;
    server.serve(async () => {
      await new Promise<void>((resolve) => (release = resolve));
      return { ok: true, value: 'late' };
    });
    await send(wasm(1));
    server.stop();
    server.serve(answers('next'));
    release();
    await turn();
    expect(replies).toEqual([]);
  });

  it('a closed port says nothing', async () => {
    server.serve(answers(1));
    server.close();
    expect(await send(wasm(1))).toEqual([]);
  });
});

describe('a flood', () => {
  const never: HostHandler = () => new Promise<never>(() => undefined);
  const empty = (id: number) => ({ id, request: { method: 'lines', lines: [] } });
  let floods: number;
  let heard: number;

  beforeEach(() => {
    const [enginePort, authorPort] = portPair();
    floods = heard = 0;
    author = authorPort;
    server = new HostServer(enginePort, () => NOW, {
      onHeard: () => heard++,
      onFlood: () => floods++,
    });
  });

  it('is more batches of lines than there are credits for', async () => {
    server.serve(never);
    await send(...[1, 2, 3, 4].map(empty));
    expect(floods).toBe(0);
    await send(empty(5));
    expect(floods).toBe(1);
  });

  it('is more unanswered requests than ten thousand', async () => {
    let asked = 0;
    server.serve(() => (asked++, new Promise<never>(() => undefined)));
    await send(...Array.from({ length: 10_000 }, (_, i) => wasm(i)));
    expect([asked, floods]).toEqual([10_000, 0]);
    await send(wasm(10_000), wasm(10_001));
    expect([asked, floods]).toEqual([10_000, 1]);
  });

  it('is none where each is answered before the next is sent', async () => {
    server.serve(answers(undefined));
    for (let id = 0; id < 20; id++) await send(empty(id));
    expect(floods).toBe(0);
  });

  it('begins to be counted anew with each call', async () => {
    for (let call = 0; call < 3; call++) {
      server.serve(never);
      await send(...[1, 2, 3, 4].map(empty));
    }
    expect(floods).toBe(0);
  });

  it('is too many messages of any kind, even where nothing is asked; nothing is heard after it', async () => {
    await send(...Array.from({ length: 21_000 }, () => ({ heartbeat: true })));
    expect(floods).toBe(1);
    expect(heard).toBeLessThan(20_010);
    await send(wasm(1));
    expect(replies).toEqual([]);
  });
});

describe("the author's end", () => {
  it('gives each question its own answer, in whatever order they come', async () => {
    const [enginePort, authorPort] = portPair();
    const waiting: (() => void)[] = [];
    new HostServer(enginePort, () => NOW).serve(async (request) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { ok: true, value: 'hash' in request && request.hash };
    });
    const host = callHost(authorPort);
    const hash = (digit: string) => `sha256-${digit.repeat(64)}`;
    const both = Promise.all(
      ['a', 'b'].map((digit) => host.ask({ method: 'getValue', hash: hash(digit) })),
    );
    await turn();
    waiting[1]?.();
    await turn();
    waiting[0]?.();
    expect(await both).toMatchObject([{ value: hash('a') }, { value: hash('b') }]);
  });
});
