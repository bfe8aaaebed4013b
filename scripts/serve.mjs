import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
  '.tsv': 'text/tab-separated-values; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** `assets/main-Bx3k_9aZ.js`: the content decides the name, so a copy never goes stale. */
const HASHED = /\/assets\/[^/]+-[\w-]{8,}\.\w+$/;

const HOSTS = ['127.0.0.1', '::1'];

/** The port is in use by another program. */
export class PortTaken extends Error {
  /** @override */
  name = 'PortTaken';
}

/**
 * Serves a folder of static files to this machine only.
 * @param {{ root: string, port: number, base?: string }} options port 0: any free one; base: `/some/sub/app/`
 * @returns {Promise<{ url: string, port: number, close: () => Promise<void> }>}
 * @throws {PortTaken}
 */
export async function serve({ root, port, base = '/' }) {
  const folder = await realpath(root);
  /** @type {import('node:http').RequestListener} */
  const answer = (request, response) => {
    reply(folder, base, request, response).catch((error) => {
      if (!response.headersSent) sayText(response, 500, `${error}`);
      response.destroy();
    });
  };
  const servers = await listenEverywhere(answer, port);
  const chosen = portOf(servers);
  const close = async () => void (await Promise.all(servers.map(stop)));
  return { url: `http://localhost:${chosen}${base}`, port: chosen, close };
}

/** A port that nothing uses now. @returns {Promise<number>} */
export async function freePort() {
  const servers = await listenEverywhere(() => {}, 0);
  const port = portOf(servers);
  await Promise.all(servers.map(stop));
  return port;
}

/**
 * `localhost` is one address to some programs and the other to others: both are taken, or none.
 * @param {import('node:http').RequestListener} answer
 * @param {number} port
 * @returns {Promise<import('node:http').Server[]>}
 */
async function listenEverywhere(answer, port) {
  /** @type {import('node:http').Server[]} */
  const servers = [];
  for (const host of HOSTS)
    try {
      servers.push(await listen(answer, servers.length > 0 ? portOf(servers) : port, host));
    } catch (error) {
      if (isMissingAddress(error) && servers.length > 0) continue;
      await Promise.all(servers.map(stop));
      if (codeOf(error) !== 'EADDRINUSE') throw error;
      if (port === 0) return listenEverywhere(answer, port);
      throw new PortTaken(`Port ${port} is taken.`);
    }
  return servers;
}

/**
 * @param {import('node:http').RequestListener} answer
 * @param {number} port
 * @param {string} host
 * @returns {Promise<import('node:http').Server>}
 */
function listen(answer, port, host) {
  return new Promise((done, fail) => {
    const server = createServer(answer);
    server.once('error', fail);
    server.listen(port, host, () => done(server));
  });
}

/** @param {import('node:http').Server[]} servers */
function portOf([server]) {
  const address = server?.address();
  if (!address || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

/** @param {import('node:http').Server} server */
function stop(server) {
  server.closeAllConnections();
  return new Promise((done) => server.close(done));
}

/** @param {unknown} error */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error).code;

/** IPv6 is switched off in some containers. @param {unknown} error */
const isMissingAddress = (error) => ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error) ?? '');

/**
 * @param {string} folder
 * @param {string} base
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function reply(folder, base, request, response) {
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return sayText(response, 405, 'Only GET and HEAD are answered.');
  }
  const path = decodedPath(request.url ?? '/');
  if (path === undefined) return sayText(response, 400, 'This address is not valid.');
  if (`${path}/` === base) return redirect(response, base);
  const inside = path.startsWith(base) ? path.slice(base.length - 1) : undefined;
  const file = inside === undefined ? undefined : await findFile(folder, inside);
  if (!file) return sayText(response, 404, `There is nothing at ${path}.`);
  sendFile(response, file, request.method === 'HEAD');
}

/**
 * The path as typed: neither `URL` nor a decoder has folded `..` away, so that it can be refused.
 * @param {string} url
 */
function decodedPath(url) {
  try {
    const path = decodeURIComponent(url.replace(/[?#].*$/s, ''));
    return path.startsWith('/') && !path.includes('\0') ? path : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Nothing outside the folder, neither by `..` nor through a symbolic link.
 * @param {string} folder
 * @param {string} path
 */
async function findFile(folder, path) {
  if (path.split(/[/\\]/).includes('..')) return undefined;
  const wanted = join(folder, path.endsWith('/') ? `${path}index.html` : path);
  const real = await realpath(wanted).catch(() => undefined);
  if (!real?.startsWith(folder + sep)) return undefined;
  const about = await stat(real);
  return about.isFile() ? { path: real, size: about.size } : undefined;
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {{ path: string, size: number }} file
 * @param {boolean} headOnly
 */
function sendFile(response, file, headOnly) {
  const lasting = HASHED.test(file.path.replaceAll('\\', '/'));
  response.writeHead(200, {
    'Content-Type': TYPES[extname(file.path)] ?? 'application/octet-stream',
    'Content-Length': file.size,
    'Cache-Control': lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  if (headOnly) return void response.end();
  const stream = createReadStream(file.path);
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {string} to
 */
function redirect(response, to) {
  response.setHeader('Location', to);
  sayText(response, 301, to);
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} text
 */
function sayText(response, status, text) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

/** `node scripts/serve.mjs --port 4200 --base /some/sub/app/`: what Playwright starts. */
async function main() {
  const { values } = parseArgs({
    options: {
      root: { type: 'string', default: 'dist' },
      port: { type: 'string', default: '0' },
      base: { type: 'string', default: '/' },
    },
  });
  const port = Number(values.port);
  const { url } = await serve({ root: resolve(values.root), port, base: values.base });
  console.log(`Serving ${values.root} on ${url}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
