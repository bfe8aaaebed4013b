import type { FeedMessage } from '#domain/engine-api.ts';
import type { Feed } from '#domain/ports.ts';

/** So many go in one message: reading it must not hold up the page. */
const MOST_AT_ONCE = 200;

/** The engine's end of the feed: what it publishes at one go reaches the page in one message, in its order. */
export function portFeed(port: MessagePort): Feed {
  let waiting: FeedMessage[] = [];
  const send = (): void => {
    const messages = waiting;
    waiting = [];
    for (let i = 0; i < messages.length; i += MOST_AT_ONCE)
      port.postMessage(messages.slice(i, i + MOST_AT_ONCE));
  };
  return {
    publish(message) {
      if (waiting.push(message) === 1) queueMicrotask(send);
    },
  };
}

/** The page's end: gives one after the other. */
export function onFeed(port: MessagePort, listener: (message: FeedMessage) => void): void {
  port.onmessage = ({ data }: MessageEvent<readonly FeedMessage[]>) => data.forEach(listener);
}
