import type { RunRequest, RunStart } from '#domain/engine-api.ts';
import type { OpenedWorker } from '#domain/ports.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import type { Write } from '#domain/store.ts';
import type { MakeFlowRun } from './flow-run.ts';
import { Journal } from './journal.ts';
import { loadProblem } from './load-problem.ts';
import type { EnginePorts } from './ports.ts';
import { readyRun, type ReadyRun } from './ready-run.ts';
import { checkRequest, type Checked } from './request-check.ts';
import { planReuse } from './reuse-plan.ts';
import { Reuse } from './reuse.ts';
import { newRun, type NewRun } from './run-creation.ts';
import { withName } from './run-name.ts';
import { resolveOrigin } from './run-origin.ts';
import { sayReuse } from './say-reuse.ts';

type Refused = Extract<RunStart, { ok: false }>;
/** A run that can be created, or why there is none. */
export type PreparedRun = Refused | ReadyRun;

/** Compiles, loads and checks a request; what is wrong is told before a run exists. */
export async function prepareRun(
  ports: EnginePorts,
  asked: RunRequest,
  arrivalDay: number,
  make: MakeFlowRun,
): Promise<PreparedRun> {
  const resolved = await resolveOrigin(ports.store, asked);
  if (!resolved.ok) return resolved;
  const { request, made } = resolved;
  const compiled = await ports.compiler.compile(request.files);
  if (!compiled.ok) return compiled;
  const { program, taskSources } = compiled;
  const opened = await ports.workers.open(program);
  if (!opened.ok) return { ok: false, problems: [loadProblem(opened.failure)] };
  const { worker, loaded } = opened;
  const { sourceHash } = program;
  const draft = await draftRun(
    ports,
    { request, sourceHash, arrivalDay, origin: made?.origin },
    opened,
  );
  if (!draft.ok) {
    worker.terminate('worker terminated');
    return draft;
  }
  const { record: pending, problems, tasks } = draft;
  const plan = made && planReuse(made.earlier, made.origin, pending);
  const source = sourceWrite(request, pending);
  return readyRun({ ports, source, pending, problems, worker }, (log, record) => {
    if (made && plan) sayReuse(log, made, plan, record);
    const reuse = new Reuse(ports.store, record, plan);
    const parts = { program, loaded, taskSources, tasks, log, reuse, journal: new Journal() };
    if (record.startsAt === undefined && record.active === 1)
      return make({ ...parts, worker }, record);
    // It may wait for days: it takes a worker when it starts.
    worker.terminate('worker terminated');
    return make(parts, record);
  });
}

type Draft =
  | (Omit<Extract<Checked, { ok: true }>, 'parameters'> & { readonly record: FlowRunRecord })
  | Refused;

/** Checks the request against what was loaded and makes the record of the run; one that ends at once asks for no name. */
async function draftRun(
  ports: EnginePorts,
  asked: Omit<NewRun, 'flow' | 'parameters'>,
  { loaded, worker }: Extract<OpenedWorker, { ok: true }>,
): Promise<Draft> {
  const checked = checkRequest(asked.request, loaded);
  if (!checked.ok) return checked;
  const { parameters, ...rest } = checked;
  const { flow } = loaded;
  const record = newRun(ports, { ...asked, flow, parameters });
  if (rest.problems) return { ...rest, record };
  const named = await withName(ports, record, flow, worker);
  return named.ok ? { ...rest, record: named.record } : named;
}

const sourceWrite = (
  { files }: RunRequest,
  { sourceHash, flowId, createdAt: storedAt }: FlowRunRecord,
): Write => ({ store: 'flows', op: 'put', record: { sourceHash, flowId, files, storedAt } });
