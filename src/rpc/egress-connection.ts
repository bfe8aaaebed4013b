import * as Comlink from 'comlink';
import EgressWorker from '#workers/egress.ts?worker';
import { whileAlive } from './while-alive.ts';
import type { EgressAnswer, EgressApi } from '#domain/egress.ts';

/**
 * One request to an address that the person typed and confirmed. The worker is started from its own address: the page's
 * policy, which allows no other origin, does not hold in it. It ends with the answer, or when `signal` says so.
 */
export async function requestOutside(
  address: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<EgressAnswer | undefined> {
  const worker = new EgressWorker();
  const { alive, end } = whileAlive(worker, 'The worker that fetches');
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }: MessageEvent<number>) => onBytes(data);
  const cancelled = new Promise<undefined>((resolve) =>
    signal.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
  try {
    const api = Comlink.wrap<EgressApi>(worker);
    const answer = alive(api.request(address, Comlink.transfer(port2, [port2])));
    return await Promise.race([answer, cancelled]);
  } finally {
    end();
    port1.close();
  }
}
