import { corpusRows } from '#tests/unit/corpus/corpus-rows.ts';
import { fitTimes } from './fit-times.ts';
import { driftTable, learningCurve } from './learning-curve.ts';
import { openModels } from './models-page.ts';
import { measureTextSets } from './text-sets.ts';
import { plainAndHard } from './plain-and-hard.ts';
import type { Bench } from './report.ts';

/** What the built-in corpus teaches, what training takes, and how both compare with scikit-learn on data of others. */
const bench: Bench = async ({ site }) => {
  const opened = await site();
  const rows = corpusRows();
  const page = await openModels(opened, rows);
  const curve = await learningCurve(page);
  const tables = [await driftTable(page), await plainAndHard(page, rows)];
  await page.close();
  const times = await fitTimes(opened);
  const peer = await measureTextSets(opened);
  return {
    measurements: [...times, ...curve.measurements, ...peer.measurements],
    tables: [...(peer.tables ?? []), ...(curve.tables ?? []), ...tables],
    notes: peer.notes ?? [],
    byKey: peer.byKey ?? {},
  };
};
export default bench;
