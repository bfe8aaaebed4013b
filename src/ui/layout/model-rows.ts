import type { ModelFileAbout } from '#domain/models.ts';
import type { AliasRecord, ModelVersionRecord } from '#domain/records.ts';
import { metric } from './numbers.ts';

/** A version as the Models page lists it. */
export interface ModelRow {
  /** 0: the one that ships with the site. */
  readonly version: number;
  readonly aliases: readonly string[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly bytes: number;
  /** Undefined where it was not kept. */
  readonly trainedRows: number | undefined;
  readonly features: number | undefined;
  readonly seed: number;
  readonly backend: string;
  readonly snapshot: string;
  /** Absent: version 0. */
  readonly record?: ModelVersionRecord;
}

/** Newest first; what ships with the site comes last. */
export function modelRows(
  versions: readonly ModelVersionRecord[],
  aliases: readonly AliasRecord[],
  shipped: { readonly about: ModelFileAbout; readonly bytes: number } | undefined,
): readonly ModelRow[] {
  const rows = versions.map((record): ModelRow => {
    const { version, metrics, bytes, features, lineage } = record;
    const names = aliases.flatMap((one) => (one.version === version ? [one.alias] : []));
    const trainedRows = lineage.file?.trainedRows ?? lineage.data?.counts.train;
    const { seed, backend, snapshot } = lineage;
    const facts = { seed, backend, snapshot, trainedRows, features };
    return { version, aliases: names, metrics, bytes, record, ...facts };
  });
  return [...rows.reverse(), ...(shipped ? [shippedRow(shipped)] : [])];
}

function shippedRow({ about, bytes }: { about: ModelFileAbout; bytes: number }): ModelRow {
  const { createdBy: _, ...facts } = about;
  return { version: 0, aliases: [], bytes, ...facts };
}

/** The one that is looked at when none is named: the champion, else the newest. */
export const defaultRow = (rows: readonly ModelRow[]): ModelRow | undefined =>
  rows.find(({ aliases }) => aliases.includes('champion')) ?? rows[0];

/** `0.928`, with `0.907 to 0.946` where it was measured; undefined without an accuracy. */
export function accuracyWords({
  accuracy,
  low,
  high,
}: Readonly<Record<string, number>>): { value: string; interval?: string } | undefined {
  if (accuracy === undefined) return undefined;
  const value = metric(accuracy);
  if (low === undefined || high === undefined) return { value };
  return { value, interval: `${metric(low)} to ${metric(high)}` };
}

/** `v3`; the one that ships with the site is `version 0`. */
export const versionName = (version: number): string =>
  version === 0 ? 'version 0' : `v${version}`;

/** `sha256-3fa9c1…`: enough to tell two apart. */
export const shortHash = (hash: string): string =>
  hash.startsWith('sha256-') ? hash.slice(7, 17) : hash;
