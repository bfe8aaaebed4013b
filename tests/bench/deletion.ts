import { runNoOps, type NoOpRun } from './no-op-flow.ts';
import type { BenchSite, Report } from './report.ts';

const LOAD = { calls: 300, inFlight: 1 };
const ROUNDS = 3;
const OLDEST = 10_000;

/** A flow of tasks that do nothing, one after the other, while old runs are deleted: its commits must not wait for that. */
export async function measureDeletion(site: BenchSite, budgetMs: number): Promise<Report> {
  await runNoOps(site, LOAD); // warms engine, workers and database
  const without: NoOpRun[] = [];
  for (let i = 0; i < ROUNDS; i++) without.push(await runNoOps(site, LOAD));
  const deletion = deleteOldest(site);
  const during: NoOpRun[] = [];
  // One that begins as the last run goes would measure both.
  while (await isDeleting(site)) during.push(await runNoOps(site, LOAD));
  const { markedMs, ms } = await deletion;
  const baseline = 'a no-op task, nothing deleted';
  const samples = (runs: readonly NoOpRun[]) => runs.flatMap((run) => run.msPerTask);
  const [longest, longestWithout] = [samples(during), samples(without)].map((all) =>
    Math.max(...all),
  );
  const added = (longest ?? NaN) - (longestWithout ?? NaN);
  const name = `a no-op task while ${OLDEST.toLocaleString('en')} runs are deleted`;
  return {
    measurements: [
      { name: baseline, unit: 'ms', samples: samples(without) },
      { name, unit: 'ms', samples: samples(during), baseline },
      {
        name: `until ${OLDEST.toLocaleString('en')} runs are off the list`,
        unit: 'ms',
        samples: [markedMs],
      },
      { name: 'until nothing of them is left', unit: 'ms', samples: [ms] },
    ],
    notes: [
      `The longest task took ${longest} ms while runs were deleted and ${longestWithout} ms without: ${added} ms more, where ${budgetMs} ms is the bar. A task is 3 durable transitions.`,
    ],
  };
}

const isDeleting = (site: BenchSite): Promise<boolean> =>
  site.nightshift.evaluate(async () => globalThis.deleting !== false);

declare global {
  /** In the page. */
  var deleting: boolean | undefined;
}

function deleteOldest(site: BenchSite): Promise<{ markedMs: number; ms: number }> {
  return site.nightshift.evaluate(async ({ engine, onMessage }, oldest) => {
    const startedAt = performance.now();
    let swept = (): void => undefined;
    const done = new Promise<void>((resolve) => (swept = resolve));
    let marked = false;
    onMessage((message) => {
      if (message.kind === 'runs removed' && message.removing === 0 && marked) swept();
    });
    const retained = await engine.retain({ oldest });
    if (!retained.ok || retained.runs !== oldest) throw new Error(JSON.stringify(retained));
    const markedMs = performance.now() - startedAt;
    marked = true;
    if ((await engine.storageUse()).removing > 0) await done;
    globalThis.deleting = false;
    return { markedMs, ms: performance.now() - startedAt };
  }, OLDEST);
}
