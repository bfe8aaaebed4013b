import { authorHost, type Snapshot } from '#domain/author-host.ts';
import type { DatasetFacts } from './dataset-facts.ts';

/** The rows cannot be used; the message says which, why, and what to do. */
export class BadDataset extends Error {
  override readonly name = 'BadDataset';
}

/**
 * The rows that a dataset was made from, read once more in another worker.
 * @throws BadDataset when they are not the same rows any more
 */
export async function readAgain({
  dataset,
  until,
  contentHash,
}: Pick<DatasetFacts, 'dataset' | 'until' | 'contentHash'>): Promise<Snapshot> {
  const snapshot = await authorHost('Reading rows of a dataset').readSnapshot({ dataset, until });
  if (snapshot.contentHash !== contentHash)
    throw new BadDataset(
      `Dataset '${dataset}' up to day ${until} is not what it was when this run loaded it ` +
        `(${short(contentHash)} then, ${short(snapshot.contentHash)} now). Run the task that loads it again.`,
    );
  return snapshot;
}

const short = (hash: string): string => hash.slice(0, 'sha256-'.length + 8);
