import type { EgressApi } from '#domain/egress.ts';
import { expose } from '#rpc/expose.ts';
import { requestAddress } from './egress-request.ts';

const outside = {
  ask: (...asked: Parameters<typeof fetch>) => fetch(...asked),
  isOnline: () => navigator.onLine,
};

/** All that leaves the origin goes through here. */
const egress: EgressApi = {
  request: (address, progress) =>
    requestAddress(address, (bytes) => progress.postMessage(bytes), outside),
};

expose(egress);
