import type { Page } from '@playwright/test';
import type { NightshiftEvent } from '#domain/events.ts';
import { freshProfile, launchOwnBrowser, type OwnBrowser } from '#tests/support/browser.ts';
import type { Session } from './judgement.ts';
import type { Play, Played, RealWay } from './page/page.ts';

export interface RealCrash {
  readonly point: string;
  readonly way: RealWay;
}

export interface RealSession extends Session {
  readonly struck: boolean;
  readonly stuck?: string;
}

/** A browser on a profile that outlives it, with one page in which sessions are played one after the other. */
export class CrashBrowser {
  readonly #url: string;
  readonly #profile = freshProfile();
  #browser: OwnBrowser | undefined;
  #page: Page | undefined;
  #shown: NightshiftEvent[] = [];
  #tellReached: () => void = () => undefined;

  /** @param url of the crash site */
  constructor(url: string) {
    this.#url = url;
  }

  /** A person's session with a crash in it, to its end. */
  async session(crash?: RealCrash): Promise<RealSession> {
    const page = await this.#opened();
    await page.evaluate(() => globalThis.crashPage.clear());
    this.#shown = [];
    const timeOrigin = Date.now();
    const first = this.#play(page, { timeOrigin, ...crash });
    if (crash?.way === 'SIGKILL') return this.#afterKill(first, timeOrigin);
    if (crash?.way === 'page reload') return this.#afterReload(page, first, timeOrigin);
    return this.#sessionOf(await first);
  }

  async close(): Promise<void> {
    await this.#browser?.kill();
    this.#profile.remove();
  }

  async #afterKill(first: Promise<Played>, timeOrigin: number): Promise<RealSession> {
    const reached = new Promise<undefined>((resolve) => {
      this.#tellReached = () => resolve(undefined);
    });
    const unharmed = await Promise.race([first, reached]);
    if (unharmed) return this.#sessionOf(unharmed);
    first.catch(() => undefined);
    await this.#browser?.kill();
    this.#page = undefined;
    const played = await this.#play(await this.#opened(), { timeOrigin });
    return this.#sessionOf({ ...played, struck: true });
  }

  /** The page reloads itself, so that nothing lies between the point and the crash. */
  async #afterReload(page: Page, first: Promise<Played>, timeOrigin: number): Promise<RealSession> {
    const unharmed = await first.catch(() => undefined);
    if (unharmed) return this.#sessionOf(unharmed);
    await page.waitForFunction(() => 'crashPage' in globalThis);
    const played = await this.#play(page, { timeOrigin });
    return this.#sessionOf({ ...played, struck: true });
  }

  #sessionOf({ evidence, ranAgain, struck, stuck }: Played): RealSession {
    const shown = [...this.#shown];
    return { evidence, shown, ranAgain, struck, ...(stuck === undefined ? {} : { stuck }) };
  }

  #play(page: Page, play: Play): Promise<Played> {
    return page.evaluate((one) => globalThis.crashPage.play(one), play);
  }

  async #opened(): Promise<Page> {
    return (this.#page ??= await this.#open());
  }

  async #open(): Promise<Page> {
    this.#browser = await launchOwnBrowser(this.#profile.path);
    const page = await this.#browser.context.newPage();
    await page.exposeFunction('crashTold', (event: NightshiftEvent) => {
      this.#shown.push(event);
    });
    await page.exposeFunction('crashReached', () => this.#tellReached());
    await page.goto(this.#url);
    await page.waitForFunction(() => 'crashPage' in globalThis);
    return page;
  }
}
