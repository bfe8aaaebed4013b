import type { AuthorHost, Snapshot } from '#domain/author-host.ts';
import { UNLABELLED, type RowBatch } from '#domain/rows.ts';
import { Dataset, splitSnapshot } from './dataset.ts';
import { describeCounts, type DatasetFacts } from './dataset-facts.ts';
import { BadDataset } from './read-snapshot.ts';
import { taskHost } from './task-host.ts';

export interface LoadOptions {
  /** Last arrival day to include; all that has arrived when absent. */
  readonly until?: number;
  /** Of the split; the seed of the run when absent. */
  readonly seed?: number;
}

/**
 * Reads a dataset as far as it has arrived and splits it: about four fifths to train, one fifth held out.
 * @throws BadDataset when there are no rows, or a side lacks one of the two labels
 */
export async function loadDataset(name: string, options: LoadOptions = {}): Promise<Dataset> {
  const host = taskHost('loadDataset');
  const { seed = host.context.seed, until } = checked(options);
  const snapshot = await host.readSnapshot({
    dataset: name,
    ...(until === undefined ? {} : { until }),
  });
  const facts = factsOf(snapshot, seed, flippedBy(host));
  host.log('INFO', `Loaded '${name}' up to day ${facts.until}: ${describeCounts(facts)}`);
  if (facts.flipped) host.log('WARNING', 'Injected fault: half of the training labels are flipped');
  return new Dataset(facts, () => Promise.resolve(snapshot));
}

function checked(options: LoadOptions): LoadOptions {
  for (const [field, value] of Object.entries(options))
    if (value !== undefined && !Number.isSafeInteger(value))
      throw new BadDataset(`loadDataset: ${field} must be a whole number, not ${String(value)}.`);
  return options;
}

const flippedBy = ({ context }: AuthorHost): number | undefined =>
  context.task?.fault?.effect.kind === 'flip-labels' ? 0.5 : undefined;

function factsOf(snapshot: Snapshot, seed: number, flipped: number | undefined): DatasetFacts {
  const { dataset, until, contentHash } = snapshot;
  demandLabels(snapshot);
  const { train, heldOut } = splitSnapshot(snapshot, seed);
  const where = `Dataset '${dataset}' up to day ${until}`;
  if (train.count + heldOut.count === 0)
    throw new BadDataset(`${where} has no rows. Choose a later day, or add rows to it.`);
  demandBothLabels(`${where}: the training side`, train);
  demandBothLabels(`${where}: the held-out side`, heldOut);
  const counts = { train: train.count, heldOut: heldOut.count };
  return { dataset, until, seed, contentHash, counts, ...(flipped ? { flipped } : {}) };
}

/** Before it is split: rows without a label are on neither side. */
function demandLabels({ dataset, days }: Snapshot): void {
  const without = days.reduce(
    (sum, { rows }) =>
      sum + rows.labels.reduce((n, label) => (label === UNLABELLED ? n + 1 : n), 0),
    0,
  );
  if (without > 0)
    throw new BadDataset(
      `Dataset '${dataset}' has ${without} rows without a label: they can be scored, and not be trained on. ` +
        `Import it with a column of labels under another name, and load that.`,
    );
}

function demandBothLabels(where: string, { count, labels }: RowBatch): void {
  const positive = labels.reduce((sum, label) => sum + label, 0);
  if (positive > 0 && positive < count) return;
  throw new BadDataset(
    `${where} has ${count - positive} negative and ${positive} positive rows, and both labels are needed to train ` +
      `and to measure. Load a later day, or add rows of the missing label.`,
  );
}
