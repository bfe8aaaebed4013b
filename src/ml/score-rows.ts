import { UNLABELLED } from '#domain/rows.ts';
import { textRows } from './damage-rows.ts';
import type { Rows } from './rows.ts';
import { probabilityOf, Scorer } from './scorer.ts';
import type { SentimentModel } from './sentiment-model.ts';
import { taskHost } from './task-host.ts';

/** A row with the model's answer. */
export interface ScoredRow {
  readonly id: string;
  readonly domain: string;
  readonly text: string;
  /** 0 negative, 1 positive; null where the row has none. */
  readonly label: 0 | 1 | null;
  readonly predicted: 0 | 1;
  /** Of "positive", 0..1. */
  readonly probability: number;
}

const ROWS_AT_ONCE = 2000;

/** The model's answer to every row, in their order, without TensorFlow.js. */
export async function scoreRows(model: SentimentModel, rows: Rows): Promise<readonly ScoredRow[]> {
  const host = taskHost('scoreRows');
  const [batch, stored] = await Promise.all([rows.rows(), model.stored()]);
  const scorer = new Scorer(stored);
  const scores = new Float64Array(batch.count);
  for (let row = 0; row < batch.count; row++) {
    scores[row] = scorer.score(batch.text, batch.ends[row - 1] ?? 0, batch.ends[row] ?? 0);
    if (row % ROWS_AT_ONCE === 0) await host.progress(row / batch.count);
  }
  return textRows(batch).map(({ label, ...row }, i) => ({
    ...row,
    label: label === UNLABELLED ? null : label,
    predicted: (scores[i] ?? 0) > 0 ? 1 : 0,
    probability: probabilityOf(scores[i] ?? 0),
  }));
}
