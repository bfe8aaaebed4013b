import { expect, test } from '@playwright/test';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test('a copied link opens with the same scenario and runs nothing until asked', async ({
  page,
  browser,
  baseURL,
}) => {
  await page.goto('./');
  await page.getByRole('textbox', { name: 'Threshold' }).fill('0.95');
  await page.getByRole('textbox', { name: 'Retries of extract' }).fill('4');
  await page.getByRole('button', { name: 'extract: fail attempts 1 and 2' }).click();
  await page.getByRole('button', { name: 'Share' }).click();
  await expect(page.getByText(/copied/i).first()).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toContain('#/s/1.');
  expect(link.length).toBeLessThan(400);

  const other = await browser.newContext(baseURL === undefined ? {} : { baseURL });
  const reader = await other.newPage();
  await reader.goto(link);
  const main = reader.getByRole('main');
  await expect(main.getByText(/0\.95/).first()).toBeVisible();
  await expect(main.getByText(/extract/).first()).toBeVisible();
  await reader.waitForFunction(() => globalThis.nightshift !== undefined);
  expect(await reader.evaluate(() => globalThis.nightshift?.engine.runs(5))).toEqual([]);
  await other.close();
});
