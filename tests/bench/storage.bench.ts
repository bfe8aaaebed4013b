import type { Page } from '@playwright/test';
import { openBlankPage } from './blank-page.ts';
import { nightshiftOf } from '#scripts/headless.mjs';
import { measureDeletion } from './deletion.ts';
import type { DatabaseSize } from './page/full-database.ts';
import type { Bench, BenchSite, Measurement, Report } from './report.ts';

const SIZE: DatabaseSize = { runs: 100_000, lines: 1_000_000, wholeRunEvery: 4 };
const RELOADS = 12;
const READS = 60;
const RUNS_SHOWN = 50;
const REMOVED_ALONE = 2000;
const BUDGETS_MS = { runs: 150, lines: 50, delay: 50, slice: 25 };

/** A database of years: how soon its newest runs and last lines are there, and whether deleting disturbs what runs. */
const bench: Bench = async ({ site }) => {
  const opened = await site();
  const empty = await measureOpening(opened, 'empty database');
  const startedAt = performance.now();
  const talkative = await onBlankPage(opened, (page) =>
    page.evaluate((size) => globalThis.fullDatabase.fill(size), SIZE),
  );
  const filledMs = performance.now() - startedAt;
  const full = await measureOpening(opened, 'full database');
  const reports = [empty, full, await measureLines(opened, talkative), await measureSlices(opened)];
  reports.push(await measureDeletion(await current(opened), BUDGETS_MS.delay));
  reports.push(await measureFile(await current(opened)));
  return {
    measurements: reports.flatMap((report) => report.measurements),
    notes: [
      `The full database holds ${SIZE.runs.toLocaleString('en')} runs (one in ${SIZE.wholeRunEvery} with its task runs, events, journal and values) and ${SIZE.lines.toLocaleString('en')} lines; filling it took ${Math.round(filledMs / 1000)} s.`,
      within(full, `newest ${RUNS_SHOWN} runs as data, full database`, BUDGETS_MS.runs),
      within(full, `newest ${RUNS_SHOWN} runs on the Runs page, full database`, BUDGETS_MS.runs),
      within(reports[2], 'last 1,000 lines of 200,000', BUDGETS_MS.lines),
      ...reports.flatMap((report) => report.notes ?? []),
    ],
  };
};
export default bench;

/** Closed afterwards: a page behind another paints once a second. */
async function onBlankPage<T>(site: BenchSite, act: (page: Page) => Promise<T>): Promise<T> {
  const page = await openBlankPage(site, 'full-database');
  try {
    return await act(page);
  } finally {
    await page.close();
  }
}

async function measureSlices(site: BenchSite): Promise<Report> {
  const samples = await onBlankPage(site, (page) =>
    page.evaluate((runs) => globalThis.fullDatabase.remove(runs), REMOVED_ALONE),
  );
  const name = `a slice of the removal of ${REMOVED_ALONE.toLocaleString('en')} runs`;
  const report = { measurements: [{ name, unit: 'ms', samples }] };
  return { ...report, notes: [within(report, name, BUDGETS_MS.slice)] };
}

function within(report: Report | undefined, name: string, budgetMs: number): string {
  const found = report?.measurements.find((one) => one.name === name);
  const samples = found?.samples ?? [];
  const met = samples.filter((ms) => ms <= budgetMs).length;
  return `The bar of "${name}" is ${budgetMs} ms: ${met} of ${samples.length} within it.`;
}

/** After a reload the page's `nightshift` is another. */
const current = async (site: BenchSite): Promise<BenchSite> => ({
  ...site,
  nightshift: await nightshiftOf(site.page),
});

async function measureOpening(site: BenchSite, where: string): Promise<Report> {
  const started: number[] = [];
  const asData: number[] = [];
  const onScreen: number[] = [];
  for (let i = 0; i < RELOADS; i++) {
    await site.page.goto(site.url);
    await site.page.reload();
    const times = await site.page.evaluate(newestRuns, RUNS_SHOWN);
    started.push(times.startedMs);
    asData.push(times.asDataMs);
    await site.page.reload();
    onScreen.push(await site.page.evaluate(runsPage, times.found));
  }
  const measured = (name: string, samples: readonly number[]): Measurement => ({
    name: `${name}, ${where}`,
    unit: 'ms',
    samples,
    ...(where === 'empty database' ? {} : { baseline: `${name}, empty database` }),
  });
  return {
    measurements: [
      measured('from the first byte to the engine ready', started),
      measured(`newest ${RUNS_SHOWN} runs as data`, asData),
      measured(`newest ${RUNS_SHOWN} runs on the Runs page`, onScreen),
    ],
  };
}

/** In the page, as soon as its engine is ready: nothing of this file is there. */
async function newestRuns(limit: number) {
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  while (!globalThis.nightshift) await turn();
  const startedMs = performance.now();
  const runs = await globalThis.nightshift.engine.runs(limit);
  return { startedMs, asDataMs: performance.now() - startedMs, found: runs.length };
}

/** From the engine ready, on the way to the Runs page, to the frame after its rows are there. */
async function runsPage(rows: number): Promise<number> {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  while (!globalThis.nightshift) await frame();
  const startedAt = performance.now();
  location.hash = '#/runs';
  const shown = () =>
    rows > 0 ? document.querySelectorAll('main ol > li').length : document.querySelector('.empty');
  while (Number(shown()) < rows || !shown()) await frame();
  await frame();
  return performance.now() - startedAt;
}

async function measureLines(site: BenchSite, id: string): Promise<Report> {
  await site.page.goto(site.url);
  await nightshiftOf(site.page);
  const read = (limit?: number) =>
    site.page.evaluate(
      async ([run, lines]) => {
        const startedAt = performance.now();
        const history = await globalThis.nightshift?.engine.runHistory(run as never, lines);
        return { ms: performance.now() - startedAt, lines: history?.lines.length ?? 0 };
      },
      [id, limit] as const,
    );
  const samples: number[] = [];
  for (let i = 0; i < READS; i++) {
    const { ms, lines } = await read(1000);
    if (lines !== 1000) throw new Error(`${lines} lines came, not 1,000.`);
    samples.push(ms);
  }
  const all = [(await read()).ms, (await read()).ms];
  const baseline = 'all 200,000 lines';
  return {
    measurements: [
      { name: 'last 1,000 lines of 200,000', unit: 'ms', samples, baseline },
      { name: baseline, unit: 'ms', samples: all },
    ],
  };
}

async function measureFile(site: BenchSite): Promise<Report> {
  const { ms, bytes } = await site.nightshift.evaluate(async ({ engine }) => {
    const startedAt = performance.now();
    const file = await engine.exportState();
    return { ms: performance.now() - startedAt, bytes: file.byteLength };
  });
  return {
    measurements: [{ name: 'the whole state as a file', unit: 'ms', samples: [ms] }],
    notes: [`The file of the whole state is ${Math.round(bytes / 1e6)} MB long.`],
  };
}
