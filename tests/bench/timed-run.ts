import type { RunRequest } from '#domain/engine-api.ts';
import { asFlowRunId, runStream, type FlowRunId } from '#domain/ids.ts';
import { DEFAULT_SCENARIO } from '#domain/scenario.ts';
import type { Nightshift } from '#scripts/headless.mjs';
import type { BenchSite } from './report.ts';

export interface TimedRun {
  readonly flowRunId: FlowRunId;
  /** Name of the state it ended in. */
  readonly state: string;
  /** From the call in the page to the event of its end there. */
  readonly ms: number;
  /** On the page's `performance` clock. */
  readonly startedAt: number;
}

type Asked = Partial<Omit<RunRequest, 'files'>> & { readonly source?: string };

/** Runs the built-in flow, or a source of the bench's own, to its end. @throws Error when it does not complete */
export async function timedRun({ nightshift }: BenchSite, asked: Asked = {}): Promise<TimedRun> {
  const { source, ...rest } = asked;
  const own = source === undefined ? {} : { flowId: 'bench', source };
  const request = {
    ...DEFAULT_SCENARIO,
    trigger: { kind: 'command line' },
    ...own,
    ...rest,
  } as const;
  const ran = await nightshift.evaluate(runInPage, {
    ...request,
    stream: runStream(asFlowRunId('')),
  });
  if (ran.type === 'COMPLETED') return { ...ran, flowRunId: asFlowRunId(ran.flowRunId) };
  throw new Error(`Flow run ${ran.flowRunId} ended ${ran.state}.`);
}

/** In the page: nothing of this file is there. */
async function runInPage(
  { engine, onMessage, builtInFlows }: Nightshift,
  { source, stream, ...request }: Omit<RunRequest, 'files'> & { source?: string; stream: string },
) {
  const ends = new Map<string, { type: string; state: string; endedAt: number }>();
  let hear = (): void => undefined;
  const stop = onMessage((message) => {
    if (message.kind !== 'event' || message.event.body.kind !== 'flow-run.state') return;
    const { type, name } = message.event.body.state;
    ends.set(message.event.streamId, { type, state: name, endedAt: performance.now() });
    hear();
  });
  const startedAt = performance.now();
  const files =
    source === undefined ? builtInFlows[request.flowId] : [{ name: 'flow.ts', text: source }];
  const start = await engine.startRun({ ...request, files: files ?? [] });
  if (!start.ok) throw new Error(start.problems.map((problem) => problem.message).join('\n'));
  for (;;) {
    const last = ends.get(`${stream}${start.flowRunId}`);
    if (last && !['PENDING', 'RUNNING', 'SCHEDULED', 'CANCELLING'].includes(last.type)) {
      stop();
      const { type, state, endedAt } = last;
      return {
        flowRunId: start.flowRunId as string,
        type,
        state,
        startedAt,
        ms: endedAt - startedAt,
      };
    }
    await new Promise<void>((resolve) => (hear = resolve));
  }
}
