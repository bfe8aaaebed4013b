import { describe, expect, it } from 'vitest';
import { alias, importedLineage, lineage, modelVersion, hash } from '#tests/support/builders.ts';
import { historyReason, historySentence } from '#ui/layout/history-words.ts';
import { compareVersions, comparisonSentence, signed } from '#ui/layout/model-comparison.ts';
import { accuracyWords, defaultRow, modelRows, shortHash } from '#ui/layout/model-rows.ts';
import { logOdds, wordShares } from '#ui/layout/word-shares.ts';

const ABOUT = {
  features: 5,
  trainedRows: 12,
  seed: 7,
  snapshot: 'sha256-abcdef0123456789',
  backend: 'cpu',
  metrics: { accuracy: 0.8 },
  createdBy: 'a test',
};
const VERSIONS = [
  modelVersion({ version: 1, features: 10 }),
  modelVersion({ version: 2, metrics: { accuracy: 0.94, low: 0.9, high: 0.96 } }),
  modelVersion({ version: 4, lineage: importedLineage() }),
];

describe('the versions of a model', () => {
  const rows = modelRows(VERSIONS, [alias({ version: 1 })], { about: ABOUT, bytes: 9 });

  it('are listed newest first, and what ships with the site last', () => {
    expect(rows.map(({ version }) => version)).toEqual([4, 2, 1, 0]);
    expect(rows.map(({ aliases }) => aliases)).toEqual([[], [], ['champion'], []]);
    expect(rows.map(({ trainedRows }) => trainedRows)).toEqual([720, undefined, undefined, 12]);
  });

  it('open with the champion, else with the newest', () => {
    expect(defaultRow(rows)?.version).toBe(1);
    expect(defaultRow(modelRows(VERSIONS, [], undefined))?.version).toBe(4);
    expect(defaultRow([])).toBeUndefined();
  });

  it('tell their accuracy with its interval where there is one', () => {
    expect(rows.map(({ metrics }) => accuracyWords(metrics))).toEqual([
      { value: '0.928' },
      { value: '0.940', interval: '0.900 to 0.960' },
      { value: '0.928' },
      { value: '0.800' },
    ]);
    expect(accuracyWords({})).toBeUndefined();
    expect(shortHash(ABOUT.snapshot)).toBe('abcdef0123');
  });
});

describe('two versions compared', () => {
  const data = {
    dataset: 'reviews',
    until: 30,
    seed: 7,
    contentHash: hash(4),
    counts: { train: 1440, heldOut: 360 },
  };
  const [after, before] = modelRows(
    [
      modelVersion({ metrics: { accuracy: 0.9, heldOut: 300 }, lineage: lineage({ data }) }),
      modelVersion({
        version: 2,
        lineage: lineage({ seed: 8, sourceHash: hash(9), parameters: { threshold: 0.8 }, data }),
      }),
    ],
    [],
    undefined,
  );

  it('say what differs, and by how much', () => {
    const facts = compareVersions(before!, after!);
    const differing = facts.filter(({ same }) => !same);
    expect(differing.map(({ group, name }) => `${group}: ${name}`)).toEqual([
      'Metrics: accuracy',
      'Metrics: held out',
      'Parameters: threshold',
      'Code: Hash of the source',
      'Training: Seed',
    ]);
    expect(differing[0]).toMatchObject({ before: '0.900', after: '0.928', difference: '+0.028' });
    expect(differing[1]).toMatchObject({ before: '300', after: 'not known' });
    expect(comparisonSentence(before!, after!, facts)).toBe(
      'From v1 to v2 the accuracy changes by +0.028. v1 and v2 differ in metrics, parameters, code, training.',
    );
    expect(comparisonSentence(after!, after!, compareVersions(after!, after!))).toBe(
      'Nothing that is known of v2 and v2 differs.',
    );
    expect([signed(-3), signed(0), signed(0.5)]).toEqual(['−3', '0', '+0.500']);
  });
});

describe('the history of a model', () => {
  it('is told in a few words, with the reason', () => {
    const moved = { kind: 'alias.moved', model: 'm', alias: 'champion', to: 2 } as const;
    const told = [
      { ...moved, reason: 'flow run otter' },
      { ...moved, from: 3, reason: 'it fell', rollback: true },
      { kind: 'alias.removed', model: 'm', alias: 'challenger', from: 2, reason: 'enough' },
      { kind: 'version.imported', model: 'm', version: 4, file: 'a.nightshift-model' },
      { kind: 'version.deleted', model: 'm', version: 4 },
    ] as const;
    expect(told.map((event) => `${historySentence(event)}: ${historyReason(event)}`)).toEqual([
      'Champion v2: flow run otter',
      'Rolled back: champion v3 to v2: it fell',
      'v2 is no longer the challenger: enough',
      'v4 imported: from a.nightshift-model',
      'v4 deleted: ',
    ]);
  });
});

describe('the words of a sentence', () => {
  it('come with what each added, measured by the one that added most', () => {
    const token = (start: number, end: number, contribution: number, known = true) => ({
      start,
      end,
      contribution,
      known,
    });
    const tokens = [token(0, 4, 2), token(5, 8, -1), token(9, 12, 0, false), token(40, 44, 9)];
    const explanation = { label: 1, confidence: 0.7, score: 1, bias: 0, tokens } as const;
    expect(wordShares('good bad zzz', explanation)).toEqual([
      { word: 'good', contribution: 2, known: true, reach: 2 / 9 },
      { word: 'bad', contribution: -1, known: true, reach: -1 / 9 },
      { word: 'zzz', contribution: 0, known: false, reach: 0 },
    ]);
    expect([1.234, -0.5, 0, -0.001].map(logOdds)).toEqual(['+1.23', '−0.50', '0.00', '0.00']);
  });
});
