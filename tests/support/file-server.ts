import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Another origin on this machine that gives files out. */
export interface FileServer {
  readonly origin: string;
  /** Request lines, in order. */
  readonly hits: readonly string[];
  close(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export async function serveFiles(answers: Readonly<Record<string, Answer>>): Promise<FileServer> {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(`${request.method} ${request.url}`);
    const answer = answers[request.url ?? ''];
    if (answer) return answer(request, response);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.statusCode = 404;
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    hits,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

/** A file that other sites may read. */
export const openFile =
  (content: string): Answer =>
  (_request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.end(content);
  };

/** A file that only its own site may read. */
export const closedFile =
  (content: string): Answer =>
  (_request, response) =>
    void response.end(content);

export const redirectTo =
  (address: string): Answer =>
  (_request, response) => {
    response.writeHead(302, { Location: address, 'Access-Control-Allow-Origin': '*' });
    response.end();
  };
