import type { JSHandle, Page } from '@playwright/test';
import type { Nightshift } from '#scripts/headless.mjs';

/** What a bench is given; a default export of tests/bench/<name>.bench.ts is one. */
export type Bench = (kit: BenchKit) => Promise<Report>;

export interface BenchKit {
  /** The built site in a browser without a window, on an empty profile; opened when first asked for. */
  site(): Promise<BenchSite>;
}

export interface BenchSite {
  readonly page: Page;
  /** With a trailing slash. */
  readonly url: string;
  readonly nightshift: JSHandle<Nightshift>;
}

export interface Report {
  readonly measurements: readonly Measurement[];
  readonly tables?: readonly Table[];
  /** Sentences: what was left out and why, what a figure holds. */
  readonly notes?: readonly string[];
  /** What `--json` prints beside it, under keys of its own. */
  readonly byKey?: Readonly<Record<string, object>>;
}

export interface Measurement {
  readonly name: string;
  readonly unit: string;
  readonly samples: readonly number[];
  /** Else less is: decides which end p99 and the worst are taken from. */
  readonly moreIsBetter?: true;
  /** Name of the measurement of this very run that the median is divided by: other machines compare by ratios only. */
  readonly baseline?: string;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}
