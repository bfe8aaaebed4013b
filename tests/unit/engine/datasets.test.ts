import { describe, expect, it } from 'vitest';
import { rowText } from '#domain/rows.ts';
import type { Snapshot } from '#domain/author-host.ts';
import { scriptedRig, type RigOptions } from '#tests/support/engine-rig.ts';

async function reader(options: RigOptions = {}) {
  const { rig, script } = await scriptedRig(
    { tasks: { read: {} }, body: (flow) => flow.call('read') },
    options,
  );
  await rig.start({ arrivalDay: 2 });
  const read = async (dataset: string, until?: number) => {
    const request = { method: 'readSnapshot', dataset, ...(until ? { until } : {}) } as const;
    const reply = await script.attempt('read-0', 1).ask(request);
    return reply.ok ? (reply.value as Snapshot) : JSON.stringify(reply.failure);
  };
  return { rig, read };
}

describe('a snapshot', () => {
  it('holds the days up to the arrival day of the run', async () => {
    const { read } = await reader();
    const snapshot = await read('reviews');
    expect(snapshot).toMatchObject({ dataset: 'reviews', until: 2 });
    const { days } = snapshot as Snapshot;
    expect(days.map(({ day, rows }) => `${day}: ${rows.count}`)).toEqual(['1: 2', '2: 2']);
    expect(rowText(days[1]!.rows, 1)).toBe('It broke on day 2.');
    expect([...days[0]!.rows.labels]).toEqual([1, 0]);
  });

  it('is named by a hash over all its rows', async () => {
    const { read } = await reader();
    const hashes = await Promise.all(
      [1, 2, 3, 2].map(async (day) => ((await read('reviews', day)) as Snapshot).contentHash),
    );
    expect(new Set(hashes).size).toBe(3);
    expect(hashes[1]).toBe(hashes[3]);
  });

  it('that cannot be had is refused with what to use', async () => {
    const { read } = await reader();
    expect(await read('tweets')).toContain("There is no dataset 'tweets'. Use 'reviews'.");
  });

  it('of a day before the first rows says when those arrive', async () => {
    const corpus = 'id\tday\tdomain\tlabel\thard\ttext\na\t5\tbooks\t1\t0\tGood.';
    const { read } = await reader({ assets: { 'corpus/reviews.tsv': corpus } });
    expect(await read('reviews')).toContain(
      "Dataset 'reviews' has no rows up to day 2: its first arrive on day 5.",
    );
  });
});

describe('the built-in corpus', () => {
  it('is read once, and once more only when that did not work', async () => {
    const { rig, read } = await reader({ assets: {} });
    expect(await read('reviews')).toContain('could not be read (404)');
    expect(await rig.store.get('datasets', 'reviews')).toBeUndefined();
  });

  it('is imported whole even when the engine died in the middle of it', async () => {
    const days = Array.from({ length: 25 }, (_, i) => `r${i}\t${i + 1}\tbooks\t1\t0\tGood.`);
    const corpus = ['id\tday\tdomain\tlabel\thard\ttext', ...days].join('\n');
    const { rig } = await scriptedRig(
      { tasks: {}, body: async () => 1 },
      { assets: { 'corpus/reviews.tsv': corpus } },
    );
    const whole = await rig.store.get('datasets', 'reviews');
    await rig.store.commit([
      { store: 'datasets', op: 'delete', key: 'reviews' },
      { store: 'datasetDays', op: 'delete', key: ['reviews', 25] },
    ]);
    await rig.restart();
    expect(await rig.store.get('datasets', 'reviews')).toEqual(whole);
    expect(whole).toMatchObject({ rows: 25 });
    expect(await rig.store.datasetDays('reviews', 60)).toHaveLength(25);
  });
});
