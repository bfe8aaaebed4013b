import type { RunRequest } from '#domain/engine-api.ts';
import { asFlowRunId, type FlowRunId } from '#domain/ids.ts';
import { DEFAULT_SCENARIO } from '#domain/scenario.ts';
import type { Nightshift } from '#scripts/headless.mjs';
import type { BenchSite } from './report.ts';

export interface TimedRun {
  readonly flowRunId: FlowRunId;
  /** From the call in the page to the event of its end there. */
  readonly ms: number;
  /** On the page's `performance` clock. */
  readonly startedAt: number;
}

interface Asked extends Partial<Omit<RunRequest, 'files'>> {
  /** Of the bench's own; the built-in flow when absent. */
  readonly source?: string;
}

/** Runs a flow to its end in the page. @throws Error when it does not complete */
export async function timedRun(
  { nightshift }: BenchSite,
  { source, ...asked }: Asked = {},
): Promise<TimedRun> {
  const request = {
    ...DEFAULT_SCENARIO,
    trigger: { kind: 'command line' } as const,
    ...(source === undefined
      ? {}
      : { flowId: 'bench', files: [{ name: 'flow.ts', text: source }] }),
    ...asked,
  };
  const { id, state, startedAt, endedAt } = await nightshift.evaluate(runInPage, request);
  if (state !== 'COMPLETED') throw new Error(`Flow run ${id} ended ${state}.`);
  return { flowRunId: asFlowRunId(id), startedAt, ms: endedAt - startedAt };
}

/** In the page: nothing of this file is there. */
async function runInPage(
  { engine, onMessage, builtInFlows }: Nightshift,
  request: Omit<RunRequest, 'files'> & Partial<Pick<RunRequest, 'files'>>,
) {
  const ends = new Map<string, { state: string; endedAt: number }>();
  let hear = (): void => undefined;
  const stop = onMessage((message) => {
    if (message.kind !== 'event' || message.event.body.kind !== 'flow-run.state') return;
    const { type } = message.event.body.state;
    if (!['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'].includes(type)) return;
    ends.set(message.event.streamId, { state: type, endedAt: performance.now() });
    hear();
  });
  const startedAt = performance.now();
  const start = await engine.startRun({ files: builtInFlows[request.flowId] ?? [], ...request });
  if (!start.ok) throw new Error(start.problems.map((problem) => problem.message).join('\n'));
  const id: string = start.flowRunId;
  let end = ends.get(`run:${id}`);
  while (!end) {
    await new Promise<void>((resolve) => (hear = resolve));
    end = ends.get(`run:${id}`);
  }
  stop();
  return { id, startedAt, ...end };
}
