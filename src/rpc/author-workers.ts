import type { LinkedModule } from '#domain/author-api.ts';
import type { AuthorWorkers, OpenedWorker } from '#domain/ports.ts';
import { BootedWorker } from './booted-worker.ts';
import { Workshop, type WorkerPorts } from './workshop.ts';

export interface WorkshopSetup {
  /** Carries orders to the page and notices back. */
  readonly port: MessagePort;
  readonly libraries: Readonly<Record<string, LinkedModule>>;
  readonly now: () => number;
}

const ENTRY = 'nightshift:worker';
const BOOT_LIMIT_MS = 20_000;
/** Until then a worker has said that it is up, unless there is nobody to start it. */
const BOOT_LOOK_MS = 3000;

/**
 * Author workers behind the sandbox frame. One is kept warm, booted and empty: a run starts in about 10 ms instead of 100.
 */
export function createAuthorWorkers(setup: WorkshopSetup): AuthorWorkers {
  const workshop = new Workshop(setup.port);
  let warm: Promise<BootedWorker> | undefined = boot(workshop, setup);
  warm.catch(() => undefined);
  /** A worker that did not start may have found a frame that was gone; by then there is another. */
  const take = async (): Promise<BootedWorker> => {
    const taken = warm ?? boot(workshop, setup);
    warm = undefined;
    const worker = await taken.catch(() => boot(workshop, setup));
    return worker.isAlive ? worker : boot(workshop, setup);
  };
  const rewarm = () => {
    warm ??= boot(workshop, setup);
    warm.catch(() => (warm = undefined));
  };
  return {
    async open(program): Promise<OpenedWorker> {
      const worker = await take().catch(() => undefined);
      rewarm();
      if (!worker) return { ok: false, failure: { kind: 'lost', cause: 'worker did not start' } };
      const loaded = await worker.load(program);
      if (loaded.ok) return { ok: true, worker, loaded };
      worker.terminate('worker terminated');
      return loaded;
    },
  };
}

/** @throws Error when the worker does not say that it is up */
async function boot(workshop: Workshop, setup: WorkshopSetup): Promise<BootedWorker> {
  const ports = workshop.spawn();
  try {
    await booted(workshop, ports, setup.libraries);
    return new BootedWorker(workshop, ports, setup.now);
  } catch (error) {
    workshop.end(ports.id);
    throw error;
  }
}

function booted(
  workshop: Workshop,
  { id, calls }: WorkerPorts,
  libraries: WorkshopSetup['libraries'],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new Error(`An author worker did not start: ${reason}.`));
    const look = setTimeout(() => workshop.look(), BOOT_LOOK_MS);
    const limit = setTimeout(() => fail(`no word after ${BOOT_LIMIT_MS / 1000} s`), BOOT_LIMIT_MS);
    const settle = (done: () => void) => {
      clearTimeout(look);
      clearTimeout(limit);
      done();
    };
    workshop.watch(id, (cause) => settle(() => fail(cause)));
    calls.onmessage = ({ data }: MessageEvent<{ boot?: string; reason?: string }>) => {
      calls.onmessage = null;
      settle(() => {
        if (data.boot === 'ready') resolve();
        else fail(data.reason ?? 'it said something else');
      });
    };
    calls.postMessage({ libraries, entry: ENTRY });
  });
}
