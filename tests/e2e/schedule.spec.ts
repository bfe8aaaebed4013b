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

test('the panel shows the ticks to come, and lets one run at a time', async ({ page }) => {
  await openWithEngine(page);
  await page.getByText(/^Schedule: /).click();
  await page.getByRole('switch', { name: 'Run while this tab is open' }).click();
  await expect(page.getByRole('heading', { name: 'Next ticks' })).toBeVisible();
  await expect(page.getByText(/02:00: Scheduled$/)).toHaveCount(3);
  await page.getByLabel('Runs at a time').selectOption('1');
  await page.getByLabel('One more run').selectOption('CANCEL_NEW');
  const concurrency = () =>
    page.evaluate(
      async () => (await globalThis.nightshift?.engine.deployments())?.[0]?.concurrency,
    );
  await expect.poll(concurrency).toEqual({ limit: 1, strategy: 'CANCEL_NEW' });
  await page.getByLabel('Runs at a time').selectOption('any number');
  await expect.poll(concurrency).toBeUndefined();
  await expect(page.getByLabel('One more run')).toHaveCount(0);
});
