import type { LoadedFlow } from '#domain/author-api.ts';
import { asFlowRunId } from '#domain/ids.ts';
import { runName } from '#domain/names.ts';
import { readParameters } from '#domain/parameter-bytes.ts';
import { resolveParameters, type Parameters } from '#domain/parameters.ts';
import { resolveFlowPolicy } from '#domain/policies.ts';
import type { Clock, Entropy } from '#domain/ports.ts';
import type { FlowRunRecord, JournalRecord } from '#domain/records.ts';
import { pending } from '#domain/states.ts';

/** A subflow that is about to be created. */
export interface NewSubflow {
  readonly pending: FlowRunRecord;
  /** Of its parameters: it is to end at once. */
  readonly problems?: readonly string[];
}

/**
 * The flow run that a call asks for. It runs on what its caller runs on: source, data of the same day, what the reader
 * changed and broke; the seed is its own, so that two runs of one flow do not draw the same numbers.
 * @param label the flow's name and how many calls of it came before: `child-0`
 */
export function newSubflow(
  { entropy, clock }: { readonly entropy: Entropy; readonly clock: Clock },
  caller: FlowRunRecord,
  flow: LoadedFlow,
  call: JournalRecord,
  label: string,
): NewSubflow {
  const given = readParameters(call.argumentsBytes);
  const check = resolveParameters(flow, given);
  const { id, name, flowId, sourceHash, overrides, faults, arrivalDay, policy } = caller;
  const record: FlowRunRecord = {
    id: asFlowRunId(`fr_${entropy.token()}`),
    name: runName(() => entropy.random()),
    flowId,
    flowName: flow.name,
    sourceHash,
    parameters: check.ok ? check.parameters : recordable(given),
    overrides,
    faults,
    seed: seedOf(caller.seed, label),
    arrivalDay,
    trigger: { kind: 'flow', flowRunId: id, flowRunName: name },
    policy: resolveFlowPolicy(flow.options, policy, flow.functions),
    state: pending(),
    flowAttempt: 1,
    recoveriesUsed: 0,
    createdAt: clock.now(),
    active: 1,
    parent: { flowRunId: id, flowAttempt: call.flowAttempt, call: call.call },
  };
  return { pending: record, ...(check.ok ? {} : { problems: check.problems }) };
}

/** What was refused is shown as it was given, as far as a record can hold it. */
function recordable(given: Readonly<Record<string, unknown>>): Parameters {
  const check = resolveParameters(
    { parameters: {}, options: { validateParameters: false } },
    Object.fromEntries(Object.entries(given).map(([name, value]) => [name, plain(value)])),
  );
  return check.ok ? check.parameters : {};
}

const plain = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value;

/** Whole, of 32 bits, and the same for the same caller and label (FNV-1a). */
function seedOf(seed: number, label: string): number {
  let hash = 0x811c9dc5;
  for (const letter of `${seed}/${label}`)
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
