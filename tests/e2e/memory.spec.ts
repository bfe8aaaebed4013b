import { expect, test, type Page } from '@playwright/test';
import { freshProfile, launchOwnBrowser, type OwnBrowser } from '#tests/support/browser.ts';
import { endOf, historyOf, openWithEngine, startedRun } from '#tests/support/console-api.ts';
import { viewOf } from '#tests/support/hostile-run.ts';

// A trace would go on asking the processes that end here.
test.use({ trace: 'off' });

const HOG = `
import { flow, task } from 'nightshift';
const hog = task({ name: 'hog', recoveries: 0 }, () => {
  const kept: number[][] = [];
  for (;;) kept.push(new Array(4_000_000).fill(0.5));
});
export default flow('hogs', async () => { await hog(); });
`;
const SMALL = `
import { flow, task } from 'nightshift';
const one = task('one', () => 1);
export default flow('small', async () => { await one(); });
`;
const WAITS = `
import { flow, task } from 'nightshift';
const waits = task('waits', () => new Promise(() => undefined));
export default flow('waits', async () => { await waits(); });
`;

async function withBrowser(use: (browser: OwnBrowser) => Promise<void>): Promise<void> {
  const profile = freshProfile();
  const browser = await launchOwnBrowser(profile.path);
  try {
    await use(browser);
  } finally {
    await browser.kill();
    profile.remove();
  }
}

test('@all a task that takes all memory loses the process of the workers; page and engine go on, and it ends Crashed by that name', async ({
  baseURL,
}) => {
  test.setTimeout(300_000);
  await withBrowser(async (browser) => {
    const page = await browser.context.newPage();
    await openWithEngine(page, baseURL);
    const before = await startedRun(page, { source: SMALL });
    await endOf(page, before);
    const id = await startedRun(page, { source: HOG });
    await page.waitForEvent('crash', { timeout: 200_000 });
    const again = await sameSite(browser, baseURL ?? '');
    await expect
      .poll(async () => (await historyOf(again, id)).record.active, { timeout: 90_000 })
      .toBe(0);
    const view = viewOf(await historyOf(again, id));
    expect(view.taskRuns[0]?.state).toMatchObject({
      type: 'CRASHED',
      message:
        'The attempt was lost: worker process ended, most likely out of memory; 0 recoveries are used',
    });
    expect(view.state.type).toBe('FAILED');
    expect(viewOf(await historyOf(again, before)).state.name).toBe('Completed');
    const after = await startedRun(again, { source: SMALL });
    expect(viewOf(await endOf(again, after)).state.name).toBe('Completed');
  });
});

async function sameSite(browser: OwnBrowser, address: string): Promise<Page> {
  const pages = (await browser.reconnect()).pages();
  const found = pages.find((page) => page.url().startsWith(address));
  if (!found) throw new Error(`No page of ${address} is left.`);
  return found;
}

test('@all a run whose tab crashes again and again is taken up three times, then ends Crashed', async ({
  baseURL,
}) => {
  test.setTimeout(180_000);
  await withBrowser(async ({ context }) => {
    let page = await context.newPage();
    await openWithEngine(page, baseURL);
    const id = await startedRun(page, { source: WAITS });
    for (let crash = 1; crash <= 4; crash++) {
      const attempts = async () => viewOf(await historyOf(page, id)).taskRuns[0]?.attempts.length;
      await expect.poll(attempts).toBe(crash);
      await crashTab(page);
      page = await context.newPage();
      await openWithEngine(page, baseURL);
    }
    const view = viewOf(await endOf(page, id));
    expect(view.state).toMatchObject({
      type: 'CRASHED',
      message: 'The attempt was lost: engine stopped or tab closed; 3 recoveries are used',
    });
    expect(view.states.filter(({ name }) => name === 'Recovering')).toHaveLength(3);
  });
});

async function crashTab(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  await page.goto('chrome://crash').catch(() => undefined);
  await crashed;
  await page.close();
}
