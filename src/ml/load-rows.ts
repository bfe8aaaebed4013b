import type { Snapshot } from '#domain/author-host.ts';
import { damageRows } from './damage-rows.ts';
import { grouped } from './dataset-facts.ts';
import { BadDataset } from './read-snapshot.ts';
import { daysSince, Rows } from './rows.ts';
import { taskHost } from './task-host.ts';

export interface LoadRowsOptions {
  /** First and last arrival day to include; all that has arrived when absent. */
  readonly since?: number;
  readonly until?: number;
  /** The newest days only, as many as that; instead of `since`. */
  readonly newest?: number;
  /** Share (0..1) of the rows that are spoilt on purpose: emptied, garbled, or given again with the other label. */
  readonly damage?: number;
}

/**
 * Reads rows as they are, without a split: a batch to score, to inspect or to compare. They may have no labels.
 * @throws BadDataset when there are none in these days, or an option is out of range
 */
export async function loadRows(name: string, options: LoadRowsOptions = {}): Promise<Rows> {
  const host = taskHost('loadRows');
  const { until, damage = 0 } = checked(options);
  const snapshot = await host.readSnapshot({
    dataset: name,
    ...(until === undefined ? {} : { until }),
  });
  const since = sinceOf(options, snapshot);
  const last = snapshot.days.at(-1)?.day ?? snapshot.until;
  const { contentHash } = snapshot;
  const { seed } = host.context;
  const facts = { dataset: name, since, until: last, contentHash, damage, seed, without: [] };
  const count = daysSince(snapshot, since).reduce((sum, { rows }) => sum + rows.count, 0);
  if (count === 0)
    throw new BadDataset(
      `Dataset '${name}' has no rows from day ${since} to day ${snapshot.until}: ${arrived(snapshot)}. Choose other days.`,
    );
  host.log('INFO', `Loaded ${grouped(count)} rows of '${name}', day ${since} to ${last}`);
  if (damage > 0)
    host.log('WARNING', `About ${(damage * 100).toFixed(0)} % of them are spoilt on purpose`);
  return new Rows({ ...facts, count }, async () => damageRows(daysSince(snapshot, since), facts));
}

function sinceOf({ since, newest }: LoadRowsOptions, { days }: Snapshot): number {
  if (newest === undefined) return since ?? days[0]?.day ?? 1;
  return days.at(-newest)?.day ?? days[0]?.day ?? 1;
}

const arrived = ({ days }: Snapshot): string =>
  days.length === 0
    ? 'nothing has arrived'
    : `rows arrived on days ${days[0]?.day} to ${days.at(-1)?.day}`;

function checked(options: LoadRowsOptions): LoadRowsOptions {
  const { damage, ...days } = options;
  for (const [field, value] of Object.entries(days))
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1))
      throw new BadDataset(
        `loadRows: ${field} must be a whole number from 1, not ${String(value)}.`,
      );
  if (damage !== undefined && !(damage >= 0 && damage <= 1))
    throw new BadDataset(`loadRows: damage is a share from 0 to 1, not ${String(damage)}.`);
  if (options.since !== undefined && options.newest !== undefined)
    throw new BadDataset('loadRows: give since or newest, not both.');
  return options;
}
