import type { FeedMessage } from '#domain/engine-api.ts';
import type { Feed } from '#domain/ports.ts';

/** The engine's end of the feed: what it publishes goes to the page. */
export function portFeed(port: MessagePort): Feed {
  return { publish: (message: FeedMessage) => port.postMessage(message) };
}
