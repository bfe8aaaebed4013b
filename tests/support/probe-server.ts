import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Counts whatever reaches it: a page that keeps its word sends nothing. */
export interface ProbeServer {
  readonly port: number;
  /** Request lines and bare connections, in order. */
  readonly hits: readonly string[];
  close(): Promise<void>;
}

export async function startProbe(): Promise<ProbeServer> {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(`${request.method} ${request.url}`);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.end('export default 1');
  });
  server.on('upgrade', (request, socket) => {
    hits.push(`UPGRADE ${request.url}`);
    socket.destroy();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((done) => {
      server.closeAllConnections();
      server.close(() => done());
    });
  return { port, hits, close };
}
