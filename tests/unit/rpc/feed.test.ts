import { expect, it } from 'vitest';
import type { FeedMessage } from '#domain/engine-api.ts';
import { onFeed, portFeed } from '#rpc/feed.ts';
import { portPair } from '#tests/support/port-pair.ts';

const stopped = (i: number): FeedMessage => ({ kind: 'stopped', reason: String(i) });
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('brings everything in its order, and what was said at one go in few messages', async () => {
  const [engine, page] = portPair();
  const heard: FeedMessage[] = [];
  let messages = 0;
  onFeed(page, (message) => heard.push(message));
  const read = page.onmessage;
  page.onmessage = (event) => {
    messages++;
    read?.call(page, event);
  };
  const feed = portFeed(engine);
  const all = Array.from({ length: 450 }, (_, i) => stopped(i));
  for (const message of all) feed.publish(message);
  await turn();
  feed.publish(stopped(450));
  await turn();
  expect(heard).toEqual([...all, stopped(450)]);
  expect(messages).toBe(4);
});
