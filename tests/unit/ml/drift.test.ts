import { beforeAll, describe, expect, test } from 'vitest';
import { packRows, UNLABELLED, type RowBatch } from '#domain/rows.ts';
import type { DriftFindings, DriftReference } from '#ml/drift.ts';
import { referenceOf, usualPlan } from '#tests/support/trained.ts';
import { corpusRows } from '#tests/unit/corpus/corpus-rows.ts';
import { someReviews } from './some-reviews.ts';

// TensorFlow.js takes seconds to load in Node; no test should wait for it.
beforeAll(async () => {
  await import('#ml/tensor-library.ts');
}, 60_000);

const CORPUS = corpusRows();
const days = (since: number, until: number): RowBatch =>
  packRows(CORPUS.filter(({ day }) => day >= since && day <= until));
const NEW_DOMAIN = 40;
const LAST = 60;

const firedIn = ({ measures }: DriftFindings): string =>
  measures.flatMap(({ name, fired }) => (fired ? [name] : [])).join(' ') || '-';

const measured = (findings: DriftFindings, name: string) => {
  const found = findings.measures.find((one) => one.name === name);
  if (found?.kind !== 'measured') throw new Error(`${name} was not measured.`);
  return found;
};

describe('the built-in corpus, where a new domain and new slang arrive on day 40', () => {
  test.each([
    [30, 3],
    [39, 3],
    [30, 1],
  ])(
    'a champion of day %i: batches of %i days are quiet before, and fire after',
    async (until, size) => {
      const champion = await referenceOf(
        Array.from({ length: until }, (_, i) => days(i + 1, i + 1)),
      );
      const table = Array.from({ length: LAST - size + 1 }, (_, i) => {
        const day = i + size;
        const findings = champion.measure(days(day - size + 1, day), usualPlan());
        return { day, rows: findings.rows, drifted: findings.drifted, fired: firedIn(findings) };
      });
      console.log(
        `champion of day ${until}, batches of ${size} days\n` +
          table
            .map(({ day, rows, fired }) => `  day ${day}: ${rows} rows, fired ${fired}`)
            .join('\n'),
      );
      expect(table.filter(({ day, drifted }) => day < NEW_DOMAIN && drifted)).toEqual([]);
      expect(table.filter(({ day, drifted }) => day >= NEW_DOMAIN + 2 && !drifted)).toEqual([]);
    },
  );
});

describe('a batch', () => {
  const known = someReviews(600, 1);
  let champion: DriftReference;
  const fresh = (count: number, seed = 99) => someReviews(count, seed);
  beforeAll(async () => {
    champion = await referenceOf([packRows(known)]);
  });
  const measure = (rows: Parameters<typeof packRows>[0]) =>
    champion.measure(packRows(rows), usualPlan());

  test('like the reference sets off nothing, and each measure says why', () => {
    const findings = measure(fresh(120));
    expect(findings).toMatchObject({ drifted: false, rows: 120, trained: 0 });
    expect(findings.measures.map(({ name }) => name)).toEqual([
      'scores',
      'unknownWords',
      'words',
      'labels',
      'accuracy',
    ]);
    expect(measured(findings, 'accuracy').reason).toMatch(
      /% (?:lost|gained) against the held-out rows, and .+ %$/,
    );
  });

  test('of other words is told by them', () => {
    const other = fresh(120).map((row) => ({
      ...row,
      text: row.text.replaceAll('the', 'zork').replaceAll('really', 'blip'),
    }));
    const findings = measure(other);
    expect(firedIn(findings)).toContain('unknownWords words');
    expect(
      findings.words
        .slice(0, 4)
        .map(({ word, known: isKnown }) => `${word} ${isKnown}`)
        .sort(),
    ).toEqual(['blip false', 'really true', 'the true', 'zork false']);
    const zork = findings.words.find(({ word }) => word === 'zork');
    expect(zork?.before).toBe(0);
    expect(zork?.now).toBeGreaterThan(100);
  });

  test('of one label only is told by its labels and its scores', () => {
    const findings = measure(fresh(300).filter(({ label }) => label === 1));
    expect(firedIn(findings)).toMatch(/^scores .*labels/);
    expect(measured(findings, 'labels').value).toBeCloseTo(0.5, 1);
  });

  test('with wrong labels is told by the accuracy alone', () => {
    const findings = measure(fresh(200).map((row) => ({ ...row, label: row.label === 1 ? 0 : 1 })));
    expect(firedIn(findings)).toBe('accuracy');
  });

  test('without labels is measured as far as it can be', () => {
    const findings = measure(fresh(120).map((row) => ({ ...row, label: UNLABELLED })));
    expect(findings.measures.map(({ kind }) => kind)).toEqual([
      'measured',
      'measured',
      'measured',
      'skipped',
      'skipped',
    ]);
    expect(findings.measures[4]?.reason).toBe('no row of the batch has a label');
    expect(findings.drifted).toBe(false);
  });

  test('with a few labels compares those alone', () => {
    const some = fresh(120).map((row, i) =>
      i < 10 ? row : ({ ...row, label: UNLABELLED } as const),
    );
    const few = measured(measure(some), 'accuracy');
    const all = measured(measure(fresh(120)), 'accuracy');
    expect(few.limit).toBeGreaterThan(all.limit);
  });

  test('of three rows has a wide null: it takes more to call it drifted', () => {
    const few = measure(fresh(3));
    expect(few.drifted).toBe(false);
    expect(measured(few, 'scores').limit).toBeGreaterThan(
      measured(measure(fresh(300)), 'scores').limit,
    );
  });

  test('that the model was trained on is left out', () => {
    const findings = measure([...known.slice(0, 100), ...fresh(50)]);
    expect(findings.trained + findings.rows).toBe(150);
    expect(findings.trained).toBeGreaterThan(60);
  });

  test('with nothing new in it drifts nowhere and says so', async () => {
    const rows = someReviews(100, 3);
    const train = packRows(rows.slice(0, 80));
    const { DriftReference: Reference } = await import('#ml/drift.ts');
    const { trainedOn } = await import('#tests/support/trained.ts');
    const reference = new Reference(await trainedOn(train), train, packRows(rows.slice(80)));
    const findings = reference.measure(train, usualPlan());
    expect(findings).toMatchObject({ drifted: false, rows: 0, trained: 80, words: [] });
    expect(findings.measures[0]?.reason).toBe('the model was trained on all 80 rows of the batch');
  });

  test('without a word in it has no word measures', () => {
    const findings = measure(fresh(60).map((row) => ({ ...row, text: '...' })));
    expect(
      findings.measures.filter(({ kind }) => kind === 'skipped').map(({ name }) => name),
    ).toEqual(['unknownWords', 'words']);
  });

  test('without rows is refused', () => {
    expect(() => measure([])).toThrow('There are no rows to compare.');
  });

  test('gives the same findings for the same seed', () => {
    expect(measure(fresh(90))).toEqual(measure(fresh(90)));
  });
});

test('a model of which nothing was held out has no reference', async () => {
  const { trainedOn } = await import('#tests/support/trained.ts');
  const { DriftReference: Reference } = await import('#ml/drift.ts');
  const train = packRows(someReviews(40));
  const model = await trainedOn(train);
  expect(() => new Reference(model, train, packRows([]))).toThrow('Nothing was held out');
});
