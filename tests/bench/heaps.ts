import type { CDPSession } from '@playwright/test';
import type { BenchSite } from './report.ts';

interface Target {
  readonly sessionId: string;
  readonly targetInfo: { readonly type: string; readonly url: string };
}

interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize: number;
}

/** The JavaScript heaps of the page and of its engine worker, in bytes, what their buffers hold included. */
export interface Heaps {
  page(): Promise<number>;
  engine(): Promise<number>;
  /** Garbage is collected first: what is left is in use. */
  collected(): Promise<{ readonly page: number; readonly engine: number }>;
}

/** The engine is the one worker of the page that was started from a blob. */
export async function openHeaps({ page }: BenchSite): Promise<Heaps> {
  const session = await page.context().newCDPSession(page);
  const engine = await openWorker(session, (url) => url.startsWith('blob:'));
  const usageOf = async (usage: Promise<unknown>): Promise<number> => {
    const { usedSize, backingStorageSize } = (await usage) as HeapUsage;
    return usedSize + backingStorageSize;
  };
  const heaps = {
    page: () => usageOf(session.send('Runtime.getHeapUsage')),
    engine: () => usageOf(engine('Runtime.getHeapUsage')),
  };
  return {
    ...heaps,
    async collected() {
      await session.send('HeapProfiler.collectGarbage');
      await engine('HeapProfiler.collectGarbage');
      return { page: await heaps.page(), engine: await heaps.engine() };
    },
  };
}

/** Asks a worker by commands that travel inside the page's session: Playwright opens no session of a worker's own. */
async function openWorker(session: CDPSession, matches: (url: string) => boolean) {
  const answers = new Map<number, (result: unknown) => void>();
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message) as { id?: number; result?: unknown };
    if (id !== undefined) answers.get(id)?.(result);
  });
  const found = new Promise<Target>((resolve) =>
    session.on('Target.attachedToTarget', (target) => {
      if (target.targetInfo.type === 'worker' && matches(target.targetInfo.url)) resolve(target);
    }),
  );
  await session.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  const { sessionId } = await found;
  let next = 1;
  return async (method: string): Promise<unknown> => {
    const id = next++;
    const answer = new Promise<unknown>((resolve) => answers.set(id, resolve));
    await session.send('Target.sendMessageToTarget', {
      sessionId,
      message: JSON.stringify({ id, method }),
    });
    return answer;
  };
}
