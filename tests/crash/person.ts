import everything from './flows/everything.ts?raw';
import nightly from './flows/nightly.ts?raw';
import type { EngineApi, EngineSetup, RunRequest } from '#domain/engine-api.ts';
import { parseFault } from '#domain/faults.ts';
import type { DeploymentRecord, SourceFile, TickRecord } from '#domain/records.ts';
import { DEPLOYMENT } from './evidence.ts';

const TIMEZONE = 'UTC';
const TICK_AFTER_MS = 4000;

const source = (text: string): readonly SourceFile[] => [{ name: 'flow.ts', text }];

/** What the schedule starts. */
export const BUILT_IN_FLOWS: EngineSetup['builtInFlows'] = { 'retrain-sentiment': source(nightly) };

/** The checkpoint is forced by a fault: without one it takes a second of real time to be due. */
const REQUEST: RunRequest = {
  flowId: 'everything',
  files: source(everything),
  parameters: {},
  overrides: {},
  faults: [parseFault('train:1:crash@0.5')],
  seed: 7,
  trigger: { kind: 'person' },
};

/** What the person is shown and can do. */
type Page = Pick<
  EngineApi,
  'runs' | 'startRun' | 'deployments' | 'ticks' | 'checkCron' | 'setSchedule'
>;

/**
 * What a person does: starts a run, waits for its end, lets the schedule start another, pauses the schedule. Each act
 * follows from what the page shows, so that it can be gone on with after any crash. Call it until it says `done`.
 */
export async function act(page: Page): Promise<'waiting' | 'done'> {
  const runs = await page.runs(100);
  const own = runs.find(({ trigger }) => trigger.kind === 'person');
  if (!own) await page.startRun(REQUEST);
  if (own?.active !== 0) return 'waiting';
  const [deployment] = await page.deployments();
  const ticks = await page.ticks(DEPLOYMENT, 100);
  if (!ticks.some(({ verdict }) => verdict === 'ran')) {
    if (!waitsForTick(deployment, ticks)) await scheduleSoon(page);
    return 'waiting';
  }
  if (runs.some(({ active }) => active === 1)) return 'waiting';
  // Its run may have been created since the runs were asked for.
  if (!runs.some(({ trigger }) => trigger.kind === 'schedule')) return 'waiting';
  if (deployment?.paused) return 'done';
  await page.setSchedule({ deploymentId: DEPLOYMENT, ...pausedNow(deployment) });
  return 'waiting';
}

const pausedNow = (deployment: DeploymentRecord | undefined) => ({
  cron: deployment?.cron ?? '0 2 * * *',
  timezone: TIMEZONE,
  paused: true,
});

/**
 * Its one tick is still to come, or being decided: then the watermark is below it. A schedule that came to an engine too
 * late for its tick has the watermark above, and no tick.
 */
function waitsForTick(
  deployment: DeploymentRecord | undefined,
  ticks: readonly TickRecord[],
): boolean {
  if (!deployment || deployment.paused) return false;
  const due = dueOf(deployment);
  return due > deployment.watermark && !ticks.some(({ dueAt }) => dueAt === due);
}

/** One tick, a few seconds ahead; another one where nobody was there for it. */
async function scheduleSoon(page: Page): Promise<void> {
  const now = (await nextDue(page, '* * * * * *')) ?? 0;
  await page.setSchedule({
    deploymentId: DEPLOYMENT,
    cron: cronOf(now + TICK_AFTER_MS),
    timezone: TIMEZONE,
    paused: false,
  });
}

async function nextDue(page: Page, cron: string): Promise<number | undefined> {
  const check = await page.checkCron(cron, TIMEZONE);
  return check.ok ? check.next[0] : undefined;
}

/** That second of that day, each year. */
function cronOf(instant: number): string {
  const at = new Date(instant);
  const [minute, hour] = [at.getUTCMinutes(), at.getUTCHours()];
  const [day, month, second] = [at.getUTCDate(), at.getUTCMonth() + 1, at.getUTCSeconds()];
  return `${minute} ${hour} ${day} ${month} * ${second}`;
}

/** The instant that `cronOf` was made for. */
function dueOf({ cron, watermark }: DeploymentRecord): number {
  const [minute, hour, day, month, , second] = cron.split(' ').map(Number);
  const year = new Date(watermark).getUTCFullYear();
  return Date.UTC(year, (month ?? 1) - 1, day, hour, minute, second);
}
