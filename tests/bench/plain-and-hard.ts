import type { Page } from '@playwright/test';
import type { CorpusRow } from '#tests/unit/corpus/corpus-rows.ts';
import type { Table } from './report.ts';
import { spread, SPREAD_COLUMNS } from './spread.ts';

const FOLDS = 5;
const SEEDS = [1, 2, 3];

/** 5-fold cross-validation over all days, by how a row was marked when it was written. */
export async function plainAndHard(page: Page, rows: readonly CorpusRow[]): Promise<Table> {
  const found: (readonly boolean[])[] = [];
  for (const seed of SEEDS)
    found.push(
      await page.evaluate(([folds, seed]) => globalThis.models.crossValidated(folds, seed), [
        FOLDS,
        seed,
      ] as const),
    );
  const among = (name: string, matches: (row: CorpusRow) => boolean) => {
    const chosen = rows.flatMap((row, i) => (matches(row) ? [i] : []));
    const shares = found.map((right) => chosen.filter((i) => right[i]).length / chosen.length);
    return [name, chosen.length, ...spread(shares)];
  };
  return {
    title: `${FOLDS}-fold cross-validation over all days, over ${SEEDS.length} seeds of the folds`,
    columns: ['', 'rows', ...SPREAD_COLUMNS],
    rows: [
      among('all', () => true),
      among('plain', (row) => !row.hard),
      among('hard', (row) => row.hard),
    ],
  };
}
