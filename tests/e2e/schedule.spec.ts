import { expect, test } from '@playwright/test';
import { openWithEngine } from '#tests/support/console-api.ts';

test('a schedule that is switched on starts due runs while the tab is open', async ({ page }) => {
  await openWithEngine(page);
  // Six fields: the last is seconds. Every second, so that the test need not wait for a minute.
  const check = await page.evaluate(() =>
    globalThis.nightshift?.engine.setSchedule({
      deploymentId: 'retrain-sentiment/nightly',
      cron: '* * * * * *',
      timezone: 'UTC',
      paused: false,
    }),
  );
  expect(check?.ok).toBe(true);
  await expect
    .poll(() =>
      page.evaluate(
        async () =>
          (await globalThis.nightshift?.engine.ticks('retrain-sentiment/nightly', 5))?.length,
      ),
    )
    .toBeGreaterThan(0);
  const [run] = await page.evaluate(
    async () => (await globalThis.nightshift?.engine.runs(1)) ?? [],
  );
  expect(run?.trigger).toMatchObject({ kind: 'schedule', deployment: 'retrain-sentiment/nightly' });
  const ticks = await page.evaluate(() =>
    globalThis.nightshift?.engine.ticks('retrain-sentiment/nightly', 50),
  );
  const ran = (ticks ?? []).filter((tick) => tick.verdict === 'ran');
  expect(new Set(ran.map((tick) => tick.flowRunId)).size).toBe(ran.length);
});
