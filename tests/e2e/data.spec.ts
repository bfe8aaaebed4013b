import { expect, test, type Page } from '@playwright/test';
import { expectNoFindings } from '#tests/support/axe.ts';
import { openWithEngine } from '#tests/support/console-api.ts';
import { closedFile, openFile, redirectTo, serveFiles } from '#tests/support/file-server.ts';
import { sentimentCsv } from '#tests/support/sentiment-csv.ts';

const SOURCE = `
import { flow, task } from 'nightshift';
import { Dataset, loadDataset, SentimentModel } from 'nightshift/ml';

const extract = task({ name: 'extract', retries: 1 }, () => loadDataset('mine'));
const train = task('train', ({ train }: Dataset) => SentimentModel.fit(train));
const evaluate = task('evaluate', (model: SentimentModel, { test }: Dataset) => model.accuracy(test));

export default flow({ name: 'mine', logPrints: true }, async () => {
  const data = await extract();
  const accuracy = await evaluate(await train(data), data);
  console.log('accuracy on mine is', accuracy);
});
`;

const chooseFile = (page: Page, name: string, content: string | Buffer) =>
  page
    .getByLabel('File to import')
    .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });

async function openFileTab(page: Page): Promise<void> {
  await openWithEngine(page, './#/data');
  await page.getByRole('tab', { name: 'File' }).click();
}

const counted = (page: Page, what: string) =>
  page.locator('dl > div', { has: page.getByText(what, { exact: true }) }).locator('dd');

test('a CSV file is looked at, mapped, imported and trained on, and is there after a reload', async ({
  page,
}) => {
  await openFileTab(page);
  const odd = '\n"An odd one, neither",meh\n"",pos\nno label';
  await chooseFile(page, 'mine.csv', sentimentCsv(200) + odd);
  await expect(page.getByRole('combobox', { name: 'Text column' })).toHaveValue('0');
  await expect(page.getByRole('combobox', { name: 'Label column' })).toHaveValue('1');
  await expect(page.getByRole('combobox', { name: 'Label meh' })).toHaveValue('left out');
  await expect(page.getByRole('button', { name: 'Import 200 rows' })).toBeEnabled();
  await expect(counted(page, 'Positive')).toHaveText('100');
  await expect(counted(page, 'Empty texts')).toHaveText('1left out');
  await expect(counted(page, 'Labels outside the mapping')).toHaveText('1left out');
  await expect(page.getByText('Outside the mapping: meh (1)')).toBeVisible();
  await page.getByText('1 row cannot be used: where, and why').click();
  await expect(page.getByText('Line 204: it has 1 cell where 2 are expected')).toBeVisible();

  await page.getByRole('combobox', { name: 'Label meh' }).selectOption('negative');
  await expect(page.getByRole('button', { name: 'Import 201 rows' })).toBeEnabled();
  await page.getByRole('combobox', { name: 'Label meh' }).selectOption('left out');
  await page.getByRole('button', { name: 'Import 200 rows' }).click();
  await expect(page.getByText("await loadDataset('mine')")).toBeVisible();

  await page.getByRole('link', { name: 'Lab' }).first().click();
  await page.getByRole('textbox', { name: 'Flow source, TypeScript' }).fill(SOURCE);
  await page.getByRole('button', { name: /^Run/ }).last().click();
  await expect(page.getByText(/accuracy on mine is (1|0\.9)/)).toBeVisible();

  await page.goto('./#/data/mine');
  await page.reload();
  await expect(page.getByText('200 rows, 50 % positive')).toBeVisible();
  await expect(page.getByText('The screen, number 0, was great')).toBeVisible();
  await page.getByRole('button', { name: 'Later' }).click();
  await expect(page.getByText('21 to 40 of 200')).toBeVisible();

  await page.getByRole('button', { name: 'Delete this dataset' }).click();
  await page.getByRole('button', { name: 'Delete mine' }).click();
  await expect(page).toHaveURL(/#\/data$/);
  await expect(page.getByText("The dataset 'mine' is deleted.")).toBeVisible();
});

test('pasted rows become a dataset, and pasted again a later day without those that are there', async ({
  page,
}) => {
  await openWithEngine(page, './#/data');
  const paste = async (text: string) => {
    await page.getByRole('textbox', { name: /one text on each line/ }).fill(text);
    await page.getByRole('button', { name: 'Look at it' }).click();
  };
  await paste('stars\treview\n5\tVery good\n1\tVery bad\n3\tSo so\n4\tQuite good');
  await expect(page.getByRole('combobox', { name: 'Label 3' })).toHaveValue('left out');
  await page.getByRole('button', { name: 'Import 3 rows' }).click();
  await expect(page.getByText('3 rows imported into mine, on day 1.')).toBeVisible();

  await page.getByRole('button', { name: 'Import something else' }).click();
  await paste('stars\treview\n5\tVery good\n2\tRather bad');
  await expect(page.getByRole('button', { name: 'Import 2 rows' })).toBeDisabled();
  await page.getByRole('radio', { name: /Add the rows as a new day/ }).check();
  await page.getByRole('button', { name: 'Import 2 rows' }).click();
  await expect(page.getByText('1 row imported into mine, on day 2.')).toBeVisible();
  await expect(page.getByText('1 were there already and are left out.')).toBeVisible();
});

test('the built-in corpus is shown with what has arrived of it', async ({ page }) => {
  await openWithEngine(page, './#/data');
  await page.getByRole('link', { name: 'reviews' }).click();
  await expect(
    page.getByText(/Day 30 has arrived; 30 more come, one each calendar day/),
  ).toBeVisible();
  await expect(page.getByRole('img', { name: /30 days with rows, 30 more to come/ })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Delete this dataset' })).toHaveCount(0);
});

test('a file in another encoding is read as that when the offer is taken', async ({ page }) => {
  await openFileTab(page);
  await chooseFile(page, 'latin.csv', Buffer.from('text,label\nCaf\u00e9,pos\nno,neg\n', 'latin1'));
  await expect(page.getByText(/1 line of the file hold bytes that are no UTF-8/)).toBeVisible();
  await page.getByRole('button', { name: 'Read it as Windows-1252' }).click();
  await expect(page.getByRole('cell', { name: 'Café' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Import 2 rows' })).toBeEnabled();
});

test('what is no table is refused, and another file can be chosen', async ({ page }) => {
  await openFileTab(page);
  await chooseFile(page, 'x.csv.gz', 'text,label\na,1\n');
  await expect(page.getByRole('alert')).toContainText('x.csv.gz is named as gzip and is none');
  await chooseFile(page, 'mine.csv', sentimentCsv(10));
  await expect(page.getByRole('button', { name: 'Import 10 rows' })).toBeEnabled();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('tab', { name: 'Paste' })).toBeVisible();
});

test.describe('an address', () => {
  const ask = async (page: Page, address: string) => {
    await openWithEngine(page, './#/data');
    await page.getByRole('tab', { name: 'URL' }).click();
    await page.getByRole('textbox', { name: 'Address of the file' }).fill(address);
    await page.getByRole('button', { name: 'Read it' }).click();
  };

  test('is asked once, after it was confirmed, and never before', async ({ page }) => {
    const server = await serveFiles({ '/mine.csv': openFile(sentimentCsv(12)) });
    await ask(page, `${server.origin}/mine.csv`);
    await expect(page.getByText(/One request goes to/)).toBeVisible();
    expect(server.hits).toEqual([]);
    await page.getByRole('button', { name: /^Ask 127/ }).click();
    await page.getByRole('button', { name: 'Import 12 rows' }).click();
    await expect(page.getByText('12 rows imported into mine')).toBeVisible();
    expect(server.hits).toEqual(['GET /mine.csv']);
    await server.close();
  });

  test('that does not allow it, is not there, or sends on is told apart', async ({ page }) => {
    const elsewhere = await serveFiles({ '/x.csv': openFile('text\na b c\n') });
    const server = await serveFiles({
      '/closed.csv': closedFile('text\na b c\n'),
      '/moved.csv': redirectTo(`${elsewhere.origin}/x.csv`),
    });
    for (const [path, says] of [
      ['/closed.csv', 'does not allow other sites to read this file (CORS)'],
      ['/none.csv', 'has no such file (404)'],
      ['/moved.csv', 'nothing goes to one that you did not confirm'],
    ] as const) {
      await ask(page, server.origin + path);
      await page.getByRole('button', { name: /^Ask 127/ }).click();
      await expect(page.getByRole('alert')).toContainText(says);
      await page.reload();
    }
    expect(elsewhere.hits).toEqual([]);
    await Promise.all([server.close(), elsewhere.close()]);
  });

  test('that is none, or not of https, is refused before anything is asked', async ({ page }) => {
    await ask(page, 'reviews.csv');
    await expect(page.getByText('This is no address. Type it whole')).toBeVisible();
    await page
      .getByRole('textbox', { name: 'Address of the file' })
      .fill('http://example.org/x.csv');
    await page.getByRole('button', { name: 'Read it' }).click();
    await expect(page.getByText('Only https addresses are read')).toBeVisible();
    await expect(page.getByRole('button', { name: /^Ask/ })).toHaveCount(0);
  });
});

test('a dataset that is not there explains itself', async ({ page }) => {
  await openWithEngine(page, './#/data/none');
  await expect(page.getByRole('heading', { name: /There is no dataset/ })).toBeVisible();
  await page.getByRole('link', { name: 'See all datasets' }).click();
  await expect(page.getByRole('heading', { name: 'Data' })).toBeVisible();
});

for (const colorScheme of ['dark', 'light'] as const)
  for (const width of [1440, 360])
    test(`no accessibility finding on the Data page in ${colorScheme} at ${width} wide`, async ({
      page,
    }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await openFileTab(page);
      await expect(page.getByRole('link', { name: 'reviews' })).toBeVisible();
      await expectNoFindings(page, 'list', 'all');
      await chooseFile(page, 'mine.csv', `${sentimentCsv(20)}\nx,y,z\na,meh`);
      await expect(page.getByRole('button', { name: 'Import 20 rows' })).toBeVisible();
      await expectNoFindings(page, 'mapping', 'all');
      await page.getByRole('button', { name: 'Import 20 rows' }).click();
      await page.getByRole('status').getByRole('link', { name: 'mine' }).click();
      await expect(page.getByRole('region', { name: /Rows of day/ })).toBeVisible();
      await expectNoFindings(page, 'dataset', 'all');
    });
