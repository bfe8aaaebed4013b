import { chromium, type Browser, type BrowserContext } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BROWSER_FLAGS, findBrowser } from '#scripts/browser.mjs';

/** How long a browser may take to answer, on a machine that is busy. */
const LAUNCH_TIMEOUT_MS = 60_000;

/** A headless browser with processes of its own, on a profile that outlives it. */
export interface OwnBrowser {
  readonly context: BrowserContext;
  /** The same browser seen anew: of a page in which the browser ended one process, Playwright has given up the whole. */
  reconnect(): Promise<BrowserContext>;
  /** Lets it write everything down first. */
  close(): Promise<void>;
  /** SIGKILL to all its processes at once: nothing of it runs any code after that. */
  kill(): Promise<void>;
}

/** An empty profile folder; `remove` it once no browser uses it. */
export function freshProfile() {
  const path = mkdtempSync(join(tmpdir(), 'nightshift-profile-'));
  const remove = () => {
    rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  return { path, remove };
}

/** Playwright's own launch keeps the process to itself, so that it could not be killed. */
export async function launchOwnBrowser(profile: string): Promise<OwnBrowser> {
  const words = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  const child = spawn(findBrowser({ install: true }), [...BROWSER_FLAGS, ...words, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // a process group of its own, so that one signal reaches all of it
  });
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  const address = await debuggerAddress(child);
  const browser = await chromium.connectOverCDP(address);
  const contextOf = async (one: Browser) => one.contexts()[0] ?? (await one.newContext());
  return {
    context: await contextOf(browser),
    reconnect: async () => contextOf(await chromium.connectOverCDP(address)),
    async close() {
      const session = await browser.newBrowserCDPSession();
      await session.send('Browser.close').catch(() => undefined); // it may be gone before it answers
      await gone;
    },
    async kill() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
      await gone;
    },
  };
}

function debuggerAddress(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let said = '';
    const giveUp = () => fail(new Error(`The browser did not start:\n${said}`));
    const timer = setTimeout(giveUp, LAUNCH_TIMEOUT_MS);
    child.once('exit', giveUp);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [, address] = /DevTools listening on (ws:\S+)/.exec(said) ?? [];
      if (address === undefined) return;
      clearTimeout(timer);
      done(address);
    });
  });
}
