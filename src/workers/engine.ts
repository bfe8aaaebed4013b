import { EngineHost } from '#engine/engine-host.ts';
import { expose, forbidCallbacks } from '#rpc/expose.ts';
import { portFeed } from '#rpc/feed.ts';
import { openEnginePorts } from './engine-ports.ts';

interface Ports {
  readonly feed: MessagePort;
  readonly workshop: MessagePort;
}

// Both sides of this port are ours, but nothing of the page's may be called back through it.
forbidCallbacks();

addEventListener('message', function connect({ data, ports }: MessageEvent<Ports>) {
  if (ports.length !== 2) return;
  removeEventListener('message', connect);
  const channels = { feed: portFeed(data.feed), workshop: data.workshop };
  expose(
    new EngineHost(channels.feed, (setup, onClosed) => openEnginePorts(channels, setup, onClosed)),
  );
});
