import type { LoadedFlow } from '#domain/author-api.ts';
import type { RunRequest } from '#domain/engine-api.ts';
import { asFlowRunId } from '#domain/ids.ts';
import { runName } from '#domain/names.ts';
import type { Origin } from '#domain/origin.ts';
import { resolveFlowPolicy } from '#domain/policies.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import { pending, scheduled } from '#domain/states.ts';
import { transitionFlow } from './flow-machine.ts';
import type { FlowTransition } from './flow-transition.ts';
import type { EnginePorts } from './ports.ts';

/** What a new run is made of, checked. */
export interface NewRun {
  readonly request: RunRequest;
  readonly flow: LoadedFlow;
  readonly sourceHash: FlowRunRecord['sourceHash'];
  readonly parameters: FlowRunRecord['parameters'];
  /** Of a request that names none. */
  readonly arrivalDay: number;
  readonly origin: Origin | undefined;
}

/** The record of a run that is about to be created, under a name of the engine's making. */
export function newRun(
  { entropy, clock }: Pick<EnginePorts, 'entropy' | 'clock'>,
  { request, flow, sourceHash, parameters, arrivalDay, origin }: NewRun,
): FlowRunRecord {
  return {
    id: asFlowRunId(`fr_${entropy.token()}`),
    name: runName(() => entropy.random()),
    flowId: request.flowId,
    flowName: flow.name,
    sourceHash,
    parameters,
    overrides: request.overrides,
    faults: request.faults,
    seed: request.seed,
    arrivalDay: request.arrivalDay ?? arrivalDay,
    trigger: request.trigger,
    policy: resolveFlowPolicy(flow.options, undefined, flow.functions),
    ...startOf(request.scheduledFor),
    flowAttempt: 1,
    recoveriesUsed: 0,
    createdAt: clock.now(),
    active: 1,
    ...(origin ? { origin } : {}),
  };
}

const startOf = (
  scheduledFor: number | undefined,
): Pick<FlowRunRecord, 'state' | 'scheduledFor' | 'startsAt'> =>
  scheduledFor === undefined
    ? { state: pending() }
    : { state: scheduled(), scheduledFor, startsAt: scheduledFor };

/** A run as it is created: pending, or with what was wrong with its parameters ended at once. */
export function creationOf(
  pending: FlowRunRecord,
  runtime: string,
  problems?: readonly string[],
): FlowTransition {
  const created = createdEvent(pending, runtime);
  if (!problems) return { record: pending, events: [created] };
  const { record, events } = transitionFlow(
    pending,
    { kind: 'refused', problems },
    pending.createdAt,
  );
  return { record, events: [created, ...events] };
}

function createdEvent(record: FlowRunRecord, runtime: string) {
  const { id, name, flowId, flowName, sourceHash, parameters, overrides, faults } = record;
  const { seed, arrivalDay, trigger, state, scheduledFor, origin } = record;
  return {
    kind: 'flow-run.created',
    flowRunId: id,
    name,
    flowId,
    flowName,
    sourceHash,
    parameters,
    overrides,
    faults,
    seed,
    arrivalDay,
    trigger,
    ...(scheduledFor === undefined ? {} : { scheduledFor }),
    runtime,
    state,
    ...(origin ? { origin } : {}),
  } as const;
}
