import {
  authorHost,
  registerReviver,
  TO_REFERENCE,
  type Referable,
  type Reference,
} from '#domain/author-host.ts';
import type { ContentHash } from '#domain/ids.ts';
import { packRows, type RowBatch } from '#domain/rows.ts';
export { gate } from '#ml/gate.ts';

/** What takes the place of `nightshift/ml` in process: the same protocol with the engine, and nothing to train. */
export async function loadDataset(name: string): Promise<{ train: number; test: SmallSplit }> {
  const { days } = await authorHost('loadDataset').readSnapshot({ dataset: name });
  const rows = days.reduce((sum, day) => sum + day.rows.count, 0);
  return { train: rows - 1, test: new SmallSplit() };
}

/** Held-out rows that are always the same. */
class SmallSplit implements Referable {
  readonly role = 'heldOut';
  readonly dataset = { snapshot: 'snapshot' };

  async rows(): Promise<RowBatch> {
    return packRows(
      Array.from({ length: 500 }, (_, i) => ({
        id: `r${i}`,
        domain: i % 2 === 0 ? 'phones' : 'books',
        label: i % 3 === 0 ? 1 : 0,
        text: `row ${i}`,
      })),
    );
  }

  async [TO_REFERENCE](): Promise<Reference> {
    return { kind: 'small-split', label: '500 rows', data: {} };
  }
}
registerReviver('small-split', () => new SmallSplit());

/** How good a model is, by the row it was trained on; set by tests. */
export const quality = { accuracy: 0.928 };

export class SentimentModel implements Referable {
  readonly #hash: ContentHash;
  readonly version: number | undefined;

  constructor(hash: ContentHash, version?: number) {
    this.#hash = hash;
    this.version = version;
  }

  static async fit(rows: number): Promise<SentimentModel> {
    const host = authorHost('fit');
    host.metric('training', 1, { loss: 0.3 });
    await host.progress(0.5, () => Uint8Array.from([5]));
    await host.progress(1);
    return new SentimentModel(await host.putValue(Uint8Array.from([rows])));
  }

  static async load(model: string): Promise<SentimentModel | undefined> {
    const found = await authorHost('load').loadModel(model, 'champion');
    return found && new SentimentModel(found.hash, found.version);
  }

  async accuracy(_rows: unknown): Promise<number> {
    return quality.accuracy;
  }

  /** Right on as many rows as `quality` says; all models are equally good. */
  scores(rows: RowBatch): readonly number[] {
    return Array.from(rows.labels, (label, row) => {
      const right = row < Math.round(quality.accuracy * rows.count);
      return (label === 1) === right ? 2 : -2;
    });
  }

  async save(model: string): Promise<void> {
    await authorHost('save').saveModel({
      model,
      hash: this.#hash,
      bytes: 1,
      metrics: { accuracy: quality.accuracy },
      snapshot: 'snapshot',
      backend: 'none',
      alias: 'champion',
    });
  }

  async [TO_REFERENCE](): Promise<Reference> {
    return { kind: 'small-model', label: 'a small model', data: { hash: this.#hash } };
  }
}
registerReviver('small-model', ({ data }) => new SentimentModel(data['hash'] as ContentHash));
