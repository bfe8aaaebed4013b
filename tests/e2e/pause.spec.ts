import { expect, test, type Page } from '@playwright/test';
import { expectNoFindings } from '#tests/support/axe.ts';
import { endOf, messagesOf, openWithEngine, startedRun } from '#tests/support/console-api.ts';

const flowThatAsks = (options = '') => `
import { boolean, choice, flow, integer, logger, pause, task, text } from 'nightshift';
const train = task('train', () => 'a model');
const publish = task('publish', (model: string, rounds: number) => model + ' in ' + rounds);
export default flow({ name: 'asks', logPrints: true }, async () => {
  const model = await train();
  const { approved, rounds, reason, where } = await pause({
    message: 'Is the new model good enough to be published?',
    schema: {
      approved: boolean({ description: 'Published models are shown to everyone.' }),
      rounds: integer({ default: 3, min: 1, max: 5, description: 'How often it is copied.' }),
      reason: text({ default: '' }),
      where: choice(['shop', 'site', 'both'], { default: 'site' }),
    },${options}
  });
  logger.info('answer: ' + approved + ', ' + rounds + ', ' + reason + ', ' + where);
  if (approved) await publish(model, rounds);
});`;

const panel = (page: Page) => page.getByRole('form', { name: 'The run waits for you' });

async function pausedRun(page: Page, options?: string) {
  await openWithEngine(page);
  const id = await startedRun(page, { source: flowThatAsks(options) });
  await page.goto(`./#/runs/${id}`);
  await expect(panel(page)).toBeVisible();
  return id;
}

test('a run asks, keeps its question over a reload, says what is wrong at its field, and goes on with the answer', async ({
  page,
}) => {
  const id = await pausedRun(page);
  await page.reload();
  await expect(panel(page).getByText('Is the new model good enough')).toBeVisible();
  await expect(panel(page).getByText(/^59 min \d\d s left$/)).toBeVisible();
  await expect(page.getByText('Paused', { exact: true }).first()).toBeVisible();

  await panel(page).getByRole('textbox', { name: 'Rounds' }).fill('9');
  await panel(page).getByRole('button', { name: 'Resume' }).click();
  const approved = panel(page).getByRole('radiogroup', { name: 'Approved' });
  await expect(approved).toHaveAccessibleDescription(
    /Published models are shown to everyone\. A value is needed/,
  );
  await expect(panel(page).getByRole('textbox', { name: 'Rounds' })).toHaveAccessibleDescription(
    /How often it is copied\. 9 is above 5/,
  );
  await expect(approved.getByRole('radio', { name: 'Yes' })).toBeFocused();

  // By keyboard alone from here on.
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('2');
  await panel(page).getByRole('textbox', { name: 'Reason' }).focus();
  await page.keyboard.type('looks fine');
  await page.keyboard.press('Tab');
  await expect(panel(page).getByRole('radio', { name: 'site' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(panel(page)).toBeHidden();
  const history = await endOf(page, id);
  expect(history.record.state.name).toBe('Completed');
  expect(messagesOf(history)).toContain('answer: true, 2, looks fine, both');
  expect(history.record.recoveriesUsed).toBe(0);
  await expect(page.getByRole('main')).toBeFocused();
});

test('the Lab asks as well; a suspended run goes on after a reload, and a double click is one answer', async ({
  page,
}) => {
  const id = await pausedRun(page, ' suspend: true,');
  await expect(page.getByText('Suspended', { exact: true }).first()).toBeVisible();
  await page.goto('./#/');
  await page.reload();
  await panel(page).getByRole('radio', { name: 'No' }).check();
  await panel(page).getByRole('button', { name: 'Resume' }).dblclick();
  await expect(panel(page)).toBeHidden();
  const history = await endOf(page, id);
  expect(messagesOf(history)).toContain('answer: false, 3, , site');
  expect(history.record.endedPauses).toHaveLength(1);
});

test('a paused run can be cancelled, and one that nobody resumes fails', async ({ page }) => {
  const cancelled = await pausedRun(page);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(panel(page)).toBeHidden();
  expect((await endOf(page, cancelled)).record.state.name).toBe('Cancelled');

  const forgotten = await pausedRun(page, ' timeoutSeconds: 2,');
  expect((await endOf(page, forgotten)).record.state.message).toMatch(/never resumed$/);
  await expect(page.getByText(/^Failed: FlowPauseTimeout: .*never resumed/).first()).toBeVisible();
});

for (const colorScheme of ['dark', 'light'] as const)
  for (const width of [1440, 360])
    test(`the question has no accessibility finding in ${colorScheme} at ${width} wide`, async ({
      page,
    }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await pausedRun(page);
      for (const address of [undefined, './#/']) {
        if (address) await page.goto(address);
        await panel(page).getByRole('button', { name: 'Resume' }).click();
        await expect(panel(page).getByText(/A value is needed/)).toBeVisible();
        await expectNoFindings(page, address ?? 'Run', 'all');
        const widest = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(widest).toBeLessThanOrEqual(width);
      }
    });
