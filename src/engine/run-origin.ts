import type { Problem, RunRequest } from '#domain/engine-api.ts';
import type { Origin, OriginRequest } from '#domain/origin.ts';
import type { Store } from '#domain/store.ts';
import { nameOf, readEarlierRun, type EarlierRun } from './earlier-run.ts';
import { lastFailed } from './reuse-plan.ts';

export type ResolvedOrigin =
  | {
      readonly ok: true;
      /** With the files of the run it is made from, where it has none of its own. */
      readonly request: RunRequest;
      readonly made?: MadeFrom;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A request's origin, complete, and the run that it names. */
export interface MadeFrom {
  readonly origin: Origin;
  readonly earlier: EarlierRun;
}

/** Finds the run that a request is made from; what cannot be made from it is told before a run exists. */
export async function resolveOrigin(store: Store, request: RunRequest): Promise<ResolvedOrigin> {
  const { origin: asked } = request;
  if (!asked) return { ok: true, request };
  const earlier = await readEarlierRun(store, asked);
  if (!earlier)
    return refused(
      `The run ${asked.flowRunId} is not stored any more, so nothing can be made from it. Start a new run instead.`,
    );
  const problem = problemOf(asked, earlier);
  if (problem !== undefined) return refused(problem);
  const files = request.files.length > 0 ? request.files : await filesOf(store, earlier);
  if (!files)
    return refused(
      `The source of ${earlier.record.name} is not stored any more. Give the source, or start a new run.`,
    );
  const made = { origin: completeOrigin(asked, earlier), earlier };
  return { ok: true, request: { ...request, files }, made };
}

function problemOf(asked: OriginRequest, earlier: EarlierRun): string | undefined {
  const { name, active, createdAt, parent: caller } = earlier.record;
  if (active === 1) return `${name} has not ended. Wait for its end, or cancel it first.`;
  if (caller) return `${name} was called by the flow of another run. Run that one again instead.`;
  if (asked.kind === 'fork')
    return asked.at >= createdAt
      ? undefined
      : `${name} did not exist at ${asked.at}: it was created at ${createdAt}. Give an instant within the run, in milliseconds since the epoch.`;
  const { from } = asked;
  if (from === undefined || from === 'changes') return undefined;
  if (from === 'failed')
    return lastFailed(earlier)
      ? undefined
      : `No task run of ${name} failed. Name the task run to begin with, or run all of it again.`;
  const names = earlier.calls.flatMap(({ taskRun }) => (taskRun ? [nameOf(taskRun)] : []));
  if (names.includes(from)) return undefined;
  const has = names.length > 0 ? names.join(', ') : 'none';
  return `${name} has no task run '${from}'. It has ${has}.`;
}

function completeOrigin(asked: OriginRequest, earlier: EarlierRun): Origin {
  const { name, createdAt } = earlier.record;
  const known = { flowRunName: name, flowRunCreatedAt: createdAt };
  const failed = asked.kind === 're-run' && asked.from === 'failed' && lastFailed(earlier);
  return { ...asked, ...(failed ? { from: nameOf(failed) } : {}), ...known };
}

async function filesOf(store: Store, { record }: EarlierRun) {
  return (await store.get('flows', record.sourceHash))?.files;
}

const refused = (message: string): ResolvedOrigin => ({
  ok: false,
  problems: [{ message, field: 'origin' }],
});
