import type { Snapshot } from './author-host.ts';

/** A snapshot as it crosses to an author worker: a day with `pieces` brings its rows one piece at a time, as `readRows`. */
export type SnapshotHead = Omit<Snapshot, 'days'> & {
  readonly days: readonly (Snapshot['days'][number] & {
    readonly pieces?: readonly { readonly rows: number; readonly bytes: number }[];
  })[];
};
