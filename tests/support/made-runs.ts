import type { RunRequest } from '#domain/engine-api.ts';
import type { FlowRunId } from '#domain/ids.ts';
import type { OriginRequest, ReRun } from '#domain/origin.ts';
import type { RunView } from '#domain/run-view.ts';
import type { EngineRig } from './engine-rig.ts';
import type { Script } from './scripted-workers.ts';

type ReRunOptions = Partial<Omit<ReRun, 'kind' | 'flowRunId'>> &
  Partial<Omit<RunRequest, 'origin'>>;

/** A re-run of a finished run, to its end; like it in everything that is not said. */
export function reRun(
  rig: EngineRig,
  parent: RunView,
  { from, anySource, ...request }: ReRunOptions = {},
): Promise<RunView> {
  const origin: OriginRequest = {
    kind: 're-run',
    flowRunId: parent.created.flowRunId,
    ...(from === undefined ? {} : { from }),
    ...(anySource ? { anySource } : {}),
  };
  return rig.run({ ...likeParent(parent), ...request, origin });
}

/** A fork of a finished run at an instant, to its end. */
export const fork = (
  rig: EngineRig,
  parent: RunView,
  at: number,
  request: Partial<RunRequest> = {},
): Promise<RunView> =>
  rig.run({
    ...likeParent(parent),
    ...request,
    origin: { kind: 'fork', flowRunId: parent.created.flowRunId, at },
  });

function likeParent({ created }: RunView): Partial<RunRequest> {
  const { parameters, overrides, faults, seed, arrivalDay } = created;
  return { files: [], parameters, overrides, faults, seed, arrivalDay };
}

/** `extract-0 reused, train-0 ran`, in order of creation. */
export const howEach = ({ taskRuns }: RunView): string =>
  taskRuns
    .map(({ name, state, attempts }) => {
      const reused = state.reason.kind === 'reused';
      if (reused && attempts.length > 0) throw new Error(`${name} was reused and ran.`);
      return `${name} ${reused ? 'reused' : attempts.length > 0 ? 'ran' : state.name}`;
    })
    .join(', ');

/** The task runs of one flow run whose attempts were started, in order. */
export const startedIn = (script: Script, { created }: RunView): readonly string[] =>
  script.attempts
    .filter(({ call }) => call.flowRunId === created.flowRunId)
    .map(({ call }) => `${call.taskRunName}#${call.attempt}`);

/** Why task runs were not reused, as the log says it. */
export async function notReused(rig: EngineRig, id: FlowRunId): Promise<readonly string[]> {
  const said = await rig.said(id);
  return said.flatMap(
    (line) => /Task run '(.+)' - Not reused: (.+)$/.exec(line)?.slice(1).join(': ') ?? [],
  );
}
