import { expect, test } from '@playwright/test';
import { expectNoFindings } from '#tests/support/axe.ts';
import { endOf, openWithEngine, startedRun } from '#tests/support/console-api.ts';
import { parseFault } from '#domain/faults.ts';

for (const colorScheme of ['dark', 'light'] as const)
  for (const width of [1440, 360])
    test(`no accessibility finding in ${colorScheme} at ${width} wide`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await openWithEngine(page);
      await expect(page.getByText(/Recorded run, /)).toBeVisible();
      await expectNoFindings(page, 'first visit');

      await page.getByRole('button', { name: /^Run/ }).last().click();
      await expect(page.getByText(/^Next try in \d/)).toBeVisible();
      await expectNoFindings(page, 'retry wait');
      await expect(page.getByText(/promoted to champion v1/).first()).toBeVisible();
      await expectNoFindings(page, 'promoted');

      const rejected = await startedRun(page, { parameters: { threshold: 0.99 } });
      await endOf(page, rejected);
      await page.goto(`./#/runs/${rejected}`);
      await expect(page.getByText(/Rejected by the gate/).first()).toBeVisible();
      await expectNoFindings(page, 'rejected run');

      const failed = await startedRun(page, { faults: [parseFault('train:1')] });
      await endOf(page, failed);
      await page.goto(`./#/runs/${failed}`);
      await expect(page.getByText(/^Failed: /).first()).toBeVisible();
      await expectNoFindings(page, 'failed run');

      await page.goto('./#/runs');
      await expect(page.getByRole('link', { name: /-/ }).first()).toBeVisible();
      await expectNoFindings(page, 'runs');
    });
