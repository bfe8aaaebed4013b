import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIST, ensureDist } from './dist.mjs';
import { orRefuse, Refusal } from './refusal.mjs';
import { PortTaken, serve } from './serve.mjs';

const FIRST_PORT = 4173;
const LAST_PORT = FIRST_PORT + 50;

await orRefuse(start);

async function start() {
  ensureDist();
  const running = await pageAt(FIRST_PORT);
  if (running === readFileSync(join(DIST, 'index.html'), 'utf8')) {
    console.log(`This version of Nightshift runs on ${address(FIRST_PORT)} already: use that one.`);
    return openBrowser(address(FIRST_PORT));
  }
  const { port, close } = await serveOnFreePort();
  if (port !== FIRST_PORT) explainOtherPort(port, running);
  console.log(`Nightshift runs on ${address(port)}\nCtrl+C ends it.`);
  openBrowser(address(port));
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => close().then(() => process.exit(0)));
}

async function serveOnFreePort() {
  for (let port = FIRST_PORT; port <= LAST_PORT; port++)
    try {
      return await serve({ root: DIST, port });
    } catch (error) {
      if (!(error instanceof PortTaken)) throw error;
    }
  throw new Refusal(`Ports ${FIRST_PORT} to ${LAST_PORT} are all taken. Free one and try again.`);
}

/**
 * @param {number} port
 * @param {string | undefined} running the start page found on the first port
 */
function explainOtherPort(port, running) {
  const who = isNightshift(running) ? 'another version of Nightshift' : 'another program';
  console.log(
    `Port ${FIRST_PORT} is taken by ${who}, so this is port ${port}: to the browser another site,` +
      ' with runs and models of its own.',
  );
}

/** @param {number} port */
function address(port) {
  return `http://localhost:${port}/`;
}

/** The start page served there now, if any. @param {number} port */
async function pageAt(port) {
  try {
    const response = await fetch(address(port), { signal: AbortSignal.timeout(3000) });
    return await response.text();
  } catch {
    return undefined;
  }
}

/** @param {string | undefined} html */
function isNightshift(html) {
  return html !== undefined && /<title>[^<]*Nightshift/i.test(html);
}

/** A convenience: where it cannot, the address printed above is enough. @param {string} url */
function openBrowser(url) {
  const [command, ...words] = opener();
  if (command === undefined) return;
  const child = spawn(command, [...words, url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

function opener() {
  if (process.env.CI) return [];
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['cmd', '/c', 'start', ''];
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return DISPLAY || WAYLAND_DISPLAY ? ['xdg-open'] : [];
}
