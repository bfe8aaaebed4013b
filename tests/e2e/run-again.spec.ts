import { expect, test, type Page } from '@playwright/test';
import { endOf, historyOf, openWithEngine, startedRun } from '#tests/support/console-api.ts';
import { expectNoFindings } from '#tests/support/axe.ts';
import { parseFault } from '#domain/faults.ts';
import { asFlowRunId, type FlowRunId } from '#domain/ids.ts';
import { foldRunEvents } from '#domain/run-view.ts';

const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const menu = (page: Page) => page.getByText('Run again', { exact: true });
const choice = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

async function openRun(page: Page, asked: Parameters<typeof startedRun>[1] = {}) {
  await openWithEngine(page);
  const id = await startedRun(page, asked);
  const { record } = await endOf(page, id);
  await page.goto(`./#/runs/${id}`);
  await expect(heading(page)).toHaveText(record.name);
  return { id, name: record.name };
}

/** The run that the page went on to, at its end. */
async function madeFrom(page: Page, name: string) {
  await expect(page.getByRole('link', { name, exact: true })).toBeVisible();
  const id: FlowRunId = asFlowRunId(new URL(page.url()).hash.split('/').at(2) ?? '');
  await endOf(page, id);
  const view = foldRunEvents((await historyOf(page, id)).events);
  return view?.taskRuns.map((taskRun) => {
    const reused = taskRun.state.reason.kind === 'reused';
    return `${taskRun.name} ${reused ? 'reused' : taskRun.state.name}`;
  });
}

test('a failed run is run again from the task that failed, by keyboard', async ({ page }) => {
  const { name } = await openRun(page, { faults: [parseFault('evaluate:1')] });
  await menu(page).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('checkbox', { name: 'Leave out what was broken on purpose' }).press('Space');
  await choice(page, 'From the failed task, evaluate-0').press('Enter');
  await expect(page.getByText('from evaluate-0').first()).toBeVisible();
  expect(await madeFrom(page, name)).toEqual([
    'extract-0 reused',
    'train-0 reused',
    'evaluate-0 Completed',
    'promote-0 Promoted',
  ]);
  await expect(page.getByRole('button', { name: /extract Reused, from / })).toBeVisible();
  await page.getByRole('link', { name, exact: true }).click();
  await expect(heading(page)).toHaveText(name);
});

test('all of it, and from a task run', async ({ page }) => {
  const { name } = await openRun(page);
  await menu(page).click();
  await expect(choice(page, 'From the failed task')).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByText('No task run failed.')).toBeVisible();
  await choice(page, 'From train-0').click();
  expect(await madeFrom(page, name)).toEqual([
    'extract-0 reused',
    'train-0 Completed',
    'evaluate-0 Completed',
    'promote-0 Promoted',
  ]);
  await page.getByRole('link', { name, exact: true }).click();
  await expect(heading(page)).toHaveText(name);
  await menu(page).click();
  await choice(page, 'All of it').click();
  expect((await madeFrom(page, name))?.filter((one) => one.endsWith('reused'))).toEqual([]);
});

test('a fork from the playhead, and one with another threshold', async ({ page }) => {
  const { name } = await openRun(page);
  await choice(page, 'Replay slowly').click();
  await choice(page, 'Pause').click();
  await page.getByRole('slider').press('End');
  await menu(page).click();
  await choice(page, /^Fork at \d\d:\d\d\.\d/).click();
  const all = await madeFrom(page, name);
  expect(all?.slice(0, 3)).toEqual(['extract-0 reused', 'train-0 reused', 'evaluate-0 reused']);

  await page.getByRole('link', { name, exact: true }).click();
  await menu(page).click();
  await choice(page, 'With changes, in the Lab').click();
  await expect(
    page.getByText(`re-run of ${name}: what has the same inputs is reused`),
  ).toBeVisible();
  await page.getByRole('textbox', { name: 'Threshold' }).fill('0.99');
  await page.getByRole('button', { name: /^Run/ }).click();
  await expect(page.getByText(/Rejected by the gate/).first()).toBeVisible();
  await expect(page.getByRole('button', { name: /^train Reused/ })).toBeVisible();
});

test('Escape and a press elsewhere close the menu', async ({ page }) => {
  await openRun(page);
  await menu(page).click();
  await choice(page, 'All of it').focus();
  await page.keyboard.press('Escape');
  await expect(choice(page, 'All of it')).toBeHidden();
  await expect(page.locator('summary', { hasText: 'Run again' })).toBeFocused();
  await menu(page).click();
  await heading(page).click();
  await expect(choice(page, 'All of it')).toBeHidden();
});

for (const colorScheme of ['dark', 'light'] as const)
  for (const width of [1440, 360])
    test(`the menu has no accessibility finding in ${colorScheme} at ${width} wide`, async ({
      page,
    }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      const { name } = await openRun(page, { faults: [parseFault('evaluate:1')] });
      await menu(page).click();
      await expect(choice(page, 'All of it')).toBeInViewport();
      await expectNoFindings(page, 'menu');
      await choice(page, 'From train-0').click();
      await madeFrom(page, name);
      await expectNoFindings(page, 'run made from another');
    });
