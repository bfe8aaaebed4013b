import type { HostReply, HostRequest } from './host-api.ts';

/** How author workers ask the engine; over a port, or in process in tests. */
export interface HostCaller {
  ask(request: HostRequest, transfer?: Transferable[]): Promise<HostReply>;
}
