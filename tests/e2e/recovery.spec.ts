import { expect, test } from '@playwright/test';
import { freshProfile, launchOwnBrowser, type OwnBrowser } from '#tests/support/browser.ts';
import { endOf, historyOf, openWithEngine, startedRun } from '#tests/support/console-api.ts';
import { parseFault } from '#domain/faults.ts';
import { foldRunEvents } from '#domain/run-view.ts';
import type { FlowRunId } from '#domain/ids.ts';

// A trace would go on asking the browser that this test kills.
test.use({ trace: 'off' });

/** The reset that matters is real: the whole browser dies by SIGKILL and starts again on the same profile. */
test('a run whose browser is killed while it trains is finished after the restart, and nothing finished runs again', async ({
  baseURL,
}) => {
  const address = baseURL ?? '';
  const profile = freshProfile();
  try {
    const id = await withBrowser(profile.path, async (browser) => {
      const page = await browser.context.newPage();
      await openWithEngine(page, address);
      const started = await startedRun(page, { faults: [parseFault('train:1:hang@0.4')] });
      await expect
        .poll(async () => (await historyOf(page, started)).events.map((event) => event.body.kind))
        .toContain('checkpoint.saved');
      await browser.kill();
      return started;
    });
    await withBrowser(profile.path, async (browser) => {
      const page = await browser.context.newPage();
      await openWithEngine(page, address);
      expectFinished(await endOf(page, id), id);
      const champion = await page.evaluate(() =>
        globalThis.nightshift?.engine.champion('sentiment'),
      );
      expect(champion?.version.lineage.flowRunId).toBe(id);
    });
  } finally {
    profile.remove();
  }
});

async function withBrowser<T>(
  profile: string,
  use: (browser: OwnBrowser) => Promise<T>,
): Promise<T> {
  const browser = await launchOwnBrowser(profile);
  try {
    return await use(browser);
  } finally {
    await browser.kill();
  }
}

function expectFinished(history: Awaited<ReturnType<typeof endOf>>, id: FlowRunId): void {
  const view = foldRunEvents(history.events);
  expect(view?.created.flowRunId).toBe(id);
  expect(view?.state.name).toBe('Completed');
  const attempts = view?.taskRuns.map((one) => [
    one.name,
    one.attempts.map((each) => each.state.name),
  ]);
  expect(attempts).toEqual([
    ['extract-0', ['Completed']],
    ['train-0', ['Crashed', 'Completed']],
    ['evaluate-0', ['Completed']],
    ['promote-0', ['Completed']],
  ]);
  expect(history.events.map((event) => event.seq)).toEqual(history.events.map((_, i) => i + 1));
}
