import type { EgressApi } from '#domain/egress.ts';
import { expose } from '#rpc/expose.ts';
import { requestAddress } from './egress-request.ts';

/** All that leaves the origin goes through here. */
const egress: EgressApi = {
  request: (address, progress) => requestAddress(address, (bytes) => progress.postMessage(bytes)),
};

expose(egress);
