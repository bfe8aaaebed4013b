import * as v from 'valibot';
import { newArtifact, progressValue } from './artifact-schema.ts';
import type { Failure } from './failures.ts';
import { gateConditions, gateEvidence, gateFlips, metrics } from './gate-schema.ts';
import { MODEL_ALIASES } from './models.ts';
import { parameterSchema } from './parameter-schema.ts';
import { PAUSE_LIMITS } from './pauses.ts';

/** Results and model containers may be this long. */
export const MAX_VALUE_BYTES = 64 * 1024 * 1024;
/** Everything else. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Data of an event, as JSON text. */
export const MAX_EVENT_DATA = 16 * 1024;
/** `model.drifted` */
export const EVENT_NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._:/-]{0,99}$/u;
/** Batches of lines an author worker may have unacknowledged: the next waits. */
export const LINE_CREDITS = 4;
/** Requests of any other kind that may be unanswered at a time; the engine ends a worker that sends more. */
export const REQUEST_CREDITS = 10_000;

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const bytes = (max: number) =>
  v.pipe(
    v.instance(ArrayBuffer),
    v.check((buffer) => buffer.byteLength <= max, `longer than ${max} bytes`),
  );
const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const ordinal = v.pipe(v.number(), v.integer(), v.minValue(0));
/** Of flows, tasks, datasets and models. */
export const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u;
const name = v.pipe(v.string(), v.regex(NAME));
const hash = v.pipe(v.string(), v.regex(/^sha256-[0-9a-f]{64}$/));
/** Plain data that crossed a port holds no functions: what has this one is a port itself. */
const port = v.custom<MessagePort>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    'postMessage' in value &&
    typeof value.postMessage === 'function',
  'not a port',
);
const alias = v.picklist(MODEL_ALIASES);
const datasetFacts = v.object({
  dataset: name,
  until: ordinal,
  seed: v.pipe(v.number(), v.safeInteger()),
  contentHash: hash,
  counts: v.object({ train: ordinal, heldOut: ordinal }),
  flipped: v.optional(fraction),
});
const level = v.picklist(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL']);

const line = v.variant('kind', [
  v.object({ kind: v.literal('log'), level, message: text(20_000), ordinal }),
  v.object({
    kind: v.literal('metric'),
    series: text(60),
    step: ordinal,
    values: metrics,
    ordinal,
  }),
]);

/** Everything an author worker may ask, over its `host` port. Anything else is refused. */
export const hostRequest = v.variant('method', [
  v.object({
    method: v.literal('callTask'),
    /** Position among the calls of the flow body, counted from 0. */
    call: ordinal,
    task: text(200),
    arguments: bytes(MAX_VALUE_BYTES),
    /** Names of the task runs whose results are among the arguments: `extract-0`. */
    dependsOn: v.pipe(v.array(text(220)), v.maxLength(10_000)),
    /** Earlier calls whose outcomes it waits for. */
    waitsFor: v.pipe(
      v.array(v.object({ call: ordinal, allowFailure: v.boolean() })),
      v.maxLength(10_000),
    ),
    /** Part of a transaction, which keeps its result when it commits. */
    staged: v.optional(v.literal(true)),
  }),
  v.object({
    method: v.literal('commitTask'),
    call: ordinal,
    /** The call of the task run. */
    task: ordinal,
  }),
  v.object({ method: v.literal('rollBackTask'), call: ordinal, task: ordinal, why: text(20_000) }),
  v.object({
    method: v.literal('callFlow'),
    call: ordinal,
    flow: text(200),
    /** JSON of an object, in UTF-8: see `writeParameters`. */
    parameters: bytes(MAX_MESSAGE_BYTES),
  }),
  v.object({
    method: v.literal('sleep'),
    call: ordinal,
    seconds: v.pipe(v.number(), v.minValue(0)),
  }),
  v.object({
    method: v.literal('pause'),
    call: ordinal,
    key: v.optional(text(PAUSE_LIMITS.key)),
    message: v.optional(text(PAUSE_LIMITS.message)),
    schema: v.optional(
      v.pipe(
        parameterSchema,
        v.check(
          (schema) => Object.keys(schema).length <= PAUSE_LIMITS.fields,
          `more than ${PAUSE_LIMITS.fields} fields`,
        ),
      ),
    ),
    timeoutSeconds: v.pipe(v.number(), v.gtValue(0)),
    suspend: v.boolean(),
  }),
  v.object({ method: v.literal('lines'), lines: v.pipe(v.array(line), v.maxLength(100)) }),
  v.object({ method: v.literal('progress'), fraction }),
  v.object({
    method: v.literal('saveCheckpoint'),
    fraction,
    bytes: bytes(MAX_VALUE_BYTES),
  }),
  v.object({ method: v.literal('loadCheckpoint') }),
  v.object({
    method: v.literal('readSnapshot'),
    dataset: name,
    until: v.optional(ordinal),
  }),
  /** One of the pieces that the answer to `readSnapshot` announced, counted from 0. */
  v.object({ method: v.literal('readRows'), dataset: name, day: ordinal, piece: ordinal }),
  v.object({ method: v.literal('putValue'), bytes: bytes(MAX_VALUE_BYTES) }),
  v.object({ method: v.literal('getValue'), hash }),
  v.object({
    method: v.literal('decideGate'),
    ordinal,
    conditions: gateConditions,
    evidence: gateEvidence,
    /** Sentences on which the two models differ. */
    flips: v.optional(gateFlips),
  }),
  v.object({
    method: v.literal('saveModel'),
    ordinal,
    model: name,
    hash,
    bytes: ordinal,
    metrics,
    snapshot: text(200),
    backend: text(60),
    features: v.optional(ordinal),
    /** Moves to the new version. */
    alias,
    /** What it was trained on. */
    data: v.optional(datasetFacts),
  }),
  v.object({ method: v.literal('loadModel'), model: name, which: v.union([alias, ordinal]) }),
  v.object({
    method: v.literal('acquireLimit'),
    name,
    slots: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)),
    /** Absent: it waits for ever. */
    timeoutSeconds: v.optional(v.pipe(v.number(), v.minValue(0))),
    /** True: a limit that is not there is an error. */
    strict: v.boolean(),
  }),
  v.object({ method: v.literal('releaseLimit'), lease: ordinal }),
  /** Asks for a worker of the same program at the other end of the port. */
  v.object({ method: v.literal('openAssistant'), port: port }),
  v.object({ method: v.literal('wasm') }),
  v.object({ method: v.literal('artifact'), ordinal, ...newArtifact }),
  /** `of`: the ordinal of the progress artifact. */
  v.object({
    method: v.literal('updateArtifact'),
    ordinal,
    of: ordinal,
    progress: progressValue,
  }),
  v.object({
    method: v.literal('emitEvent'),
    ordinal,
    name: v.pipe(v.string(), v.regex(EVENT_NAME)),
    /** JSON */
    data: v.optional(text(MAX_EVENT_DATA)),
  }),
]);

export type HostRequest = v.InferOutput<typeof hostRequest>;
export type HostMethod = HostRequest['method'];

/** Requests that only a flow body may make; the others belong to tasks, `lines` and `AuthorRequest` to both. */
export const FLOW_METHODS: ReadonlySet<HostMethod> = new Set([
  'callTask',
  'callFlow',
  'commitTask',
  'rollBackTask',
  'sleep',
  'pause',
  'lines',
]);

/** What both may ask: things made and told, numbered by ordinal. */
export type AuthorRequest = Extract<
  HostRequest,
  { method: 'artifact' | 'updateArtifact' | 'emitEvent' }
>;

export interface HostMessage {
  readonly id: number;
  readonly request: HostRequest;
}

/** `at` is the instant (logical clock) at which the answer was given. */
export type HostReply =
  | { readonly id: number; readonly at: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly at: number; readonly ok: false; readonly failure: Failure };

/**
 * @throws Error naming what is wrong with the message
 */
export function parseHostMessage(message: unknown): HostMessage {
  const parsed = v.safeParse(v.object({ id: ordinal, request: hostRequest }), message);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue) ?? 'message';
  throw new Error(
    `An author worker asked for something that is not allowed: ${path}: ${issue.message}`,
  );
}
