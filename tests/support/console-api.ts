import { expect, type Page } from '@playwright/test';
import type {
  EngineApi,
  FeedMessage,
  RunHistory,
  RunRequest,
  RunStart,
} from '#domain/engine-api.ts';
import { asFlowRunId, type FlowRunId } from '#domain/ids.ts';
import type { SourceFile } from '#domain/records.ts';

/** What the page offers on the console. */
interface Nightshift {
  readonly engine: EngineApi;
  readonly onMessage: (listener: (message: FeedMessage) => void) => () => void;
  readonly builtInFlows: Readonly<Record<string, readonly SourceFile[]>>;
}

declare global {
  var nightshift: Nightshift | undefined;
}

type Asked = Partial<Omit<RunRequest, 'files'>> & { readonly source?: string };

/** Opens the page and waits for its engine. */
export async function openWithEngine(page: Page, path = './'): Promise<void> {
  await page.goto(path);
  await page.waitForFunction(() => globalThis.nightshift !== undefined);
}

/** Starts the first of the built-in flows, another by its id, or a source of the test's own. */
export async function startRun(page: Page, asked: Asked = {}): Promise<RunStart> {
  await page.waitForFunction(() => globalThis.nightshift !== undefined);
  return page.evaluate(async ({ source, flowId = 'retrain-sentiment', ...rest }) => {
    const nightshift = globalThis.nightshift;
    if (!nightshift) throw new Error('The engine is not there.');
    const flow =
      source === undefined
        ? { flowId, files: nightshift.builtInFlows[flowId] ?? [] }
        : { flowId: 'test-flow', files: [{ name: 'flow.ts', text: source }] };
    return nightshift.engine.startRun({
      ...flow,
      parameters: {},
      overrides: {},
      faults: [],
      seed: 7,
      trigger: { kind: 'person' },
      ...rest,
    });
  }, asked);
}

/** @throws Error with the problems when the run was refused */
export async function startedRun(page: Page, asked: Asked = {}): Promise<FlowRunId> {
  const start = await startRun(page, asked);
  if (!start.ok) throw new Error(start.problems.map((problem) => problem.message).join('\n'));
  return asFlowRunId(start.flowRunId);
}

export async function historyOf(page: Page, id: FlowRunId): Promise<RunHistory> {
  const history = await page.evaluate((one) => globalThis.nightshift?.engine.runHistory(one), id);
  if (!history) throw new Error(`There is no run ${id}.`);
  return history;
}

/** Waits until the run is in a terminal state. */
export async function ended(page: Page, id: FlowRunId, timeout = 20_000): Promise<void> {
  const active = () =>
    page.evaluate(
      async (one) =>
        (await globalThis.nightshift?.engine.runs(20))?.find((run) => run.id === one)?.active,
      id,
    );
  await expect.poll(active, { timeout }).toBe(0);
}

export async function endOf(page: Page, id: FlowRunId): Promise<RunHistory> {
  await ended(page, id);
  return historyOf(page, id);
}

export const messagesOf = (history: RunHistory): readonly string[] =>
  history.lines.flatMap((line) => (line.kind === 'log' ? [line.message] : []));
