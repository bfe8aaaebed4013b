import type { Page } from '@playwright/test';
import type { RunHistory, RunRequest } from '#domain/engine-api.ts';
import { describeFailure } from '#domain/failures.ts';
import type { FlowRunId } from '#domain/ids.ts';
import type { ModelVersionRecord } from '#domain/records.ts';
import { DEFAULT_SCENARIO } from '#domain/scenario.ts';
import { nightshiftOf, openSite, type Nightshift } from '#scripts/headless.mjs';
import { orRefuse, Refusal } from '#scripts/refusal.mjs';
import { readOptions, USAGE, type Options } from './options.ts';
import { summarise } from './summary.ts';
import { watchRun } from './watch-run.ts';

const MODEL = 'sentiment';

type Request = Omit<RunRequest, 'files'>;

export const main = (): Promise<void> =>
  orRefuse(async () => {
    const options = readOptions(process.argv.slice(2));
    if (options.help) console.log(USAGE);
    else await retrain(options);
  });

async function retrain(options: Options): Promise<void> {
  const { page, url, close } = await openSite();
  try {
    await page.goto(url);
    const history = await runToItsEnd(page, requestFrom(options));
    await page.reload();
    const champion = await readChampion(page);
    console.log(describeChampion(champion));
    if (options.json) console.log(JSON.stringify(summarise(history)));
    refuseUnlessDone(history, champion);
  } finally {
    await close();
  }
}

/** The Lab's request with nothing changed but what the options say. */
export const requestFrom = ({
  flow,
  seed,
  threshold,
  faults,
}: Partial<Pick<Options, 'flow'>> & Pick<Options, 'seed' | 'threshold' | 'faults'>): Request => ({
  ...DEFAULT_SCENARIO,
  ...(flow === undefined ? {} : { flowId: flow }),
  ...(seed === undefined ? {} : { seed }),
  parameters: threshold === undefined ? {} : { threshold },
  faults,
  trigger: { kind: 'command line' },
});

/** Prints the log as it comes. */
export async function runToItsEnd(page: Page, request: Request): Promise<RunHistory> {
  const watch = watchRun((text) => console.log(text));
  page.once('crash', () => watch.fail('The page crashed.'));
  page.once('close', () => watch.fail('The browser was closed.'));
  await page.exposeFunction('nightshiftFeed', watch.take);
  const nightshift = await nightshiftOf(page);
  const known = await nightshift.evaluate(flowIds);
  if (!known.includes(request.flowId))
    throw new Refusal(`There is no flow '${request.flowId}'. There are ${known.join(', ')}.`);
  const start = await nightshift.evaluate(startRun, request);
  if (!start.ok) throw new Refusal(start.problems.map(describeProblem).join('\n'));
  await watch.follow(start.flowRunId);
  const history = await nightshift.evaluate(readHistory, start.flowRunId);
  if (!history) throw new Refusal(`The run '${start.name}' was not stored.`);
  watch.printRest(history.lines);
  return history;
}

const flowIds = ({ builtInFlows }: Nightshift) => Object.keys(builtInFlows);

/** Runs in the page, as do the next two. */
function startRun({ engine, onMessage, builtInFlows }: Nightshift, request: Request) {
  onMessage(
    (globalThis as unknown as { nightshiftFeed: Parameters<typeof onMessage>[0] }).nightshiftFeed,
  );
  return engine.startRun({ ...request, files: builtInFlows[request.flowId] ?? [] });
}

const readHistory = ({ engine }: Nightshift, id: FlowRunId) => engine.runHistory(id);

const readVersion = async ({ engine }: Nightshift, model: string) =>
  (await engine.champion(model))?.version;

const readChampion = async (page: Page): Promise<ModelVersionRecord | undefined> =>
  (await nightshiftOf(page)).evaluate(readVersion, MODEL);

function describeProblem({ field, message }: { field?: string; message: string }): string {
  return field === undefined ? message : `${field}: ${message}`;
}

function describeChampion(champion: ModelVersionRecord | undefined): string {
  const reread = 'Read back from IndexedDB after a reload:';
  if (!champion) return `${reread} no champion, nothing was promoted.`;
  const { model, version, bytes, metrics, lineage } = champion;
  const accuracy =
    metrics.accuracy === undefined ? '' : `accuracy ${metrics.accuracy.toFixed(3)}, `;
  const kilobytes = `${(bytes / 1000).toFixed(0)} KB`;
  return `${reread} champion of '${model}' is version ${version} (${accuracy}${kilobytes}, from ${lineage.flowRunName}).`;
}

function refuseUnlessDone({ record }: RunHistory, champion: ModelVersionRecord | undefined): void {
  const { name, state, failure, modelVersion } = record;
  const why = failure ? describeFailure(failure) : (state.message ?? 'no reason was recorded');
  if (state.type !== 'COMPLETED')
    throw new Refusal(`Flow run '${name}' ended ${state.name}: ${why}.`);
  if (modelVersion !== undefined && champion?.version !== modelVersion)
    throw new Refusal(
      `Version ${modelVersion} was promoted, but is not the champion after a reload.`,
    );
}
