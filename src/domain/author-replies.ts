import * as v from 'valibot';
import type { CallbackReply, LoadReply, Outcome } from './author-api.ts';
import { tooLong } from './codec.ts';
import type { Failure } from './failures.ts';
import { FLOW_HOOKS, TASK_HOOKS } from './hooks.ts';
import { MAX_VALUE_BYTES, NAME } from './host-api.ts';
import { parameterSchema } from './parameter-schema.ts';

/** Author code may have captured the port of its worker, so every reply is checked before the engine believes it. */
const text = v.pipe(v.string(), v.maxLength(100_000));
/** Ids, lists and graphs are made of them. */
const name = v.pipe(v.string(), v.regex(NAME));
const position = v.object({ file: text, line: v.number(), column: v.number() });
const failure = v.variant('kind', [
  v.object({
    kind: v.literal('exception'),
    name: text,
    message: text,
    stack: v.optional(text),
    position: v.optional(position),
  }),
  v.object({ kind: v.literal('load'), message: text, position: v.optional(position) }),
  v.object({ kind: v.literal('cannot-encode'), path: text, message: text }),
  v.object({
    kind: v.literal('timeout'),
    seconds: v.number(),
    subject: v.picklist(['Task', 'Flow']),
  }),
  v.object({
    kind: v.literal('lost'),
    cause: v.picklist([
      'worker terminated',
      'worker unresponsive',
      'worker process ended, most likely out of memory',
      'engine stopped or tab closed',
      'worker did not start',
    ]),
  }),
  v.object({ kind: v.literal('parameters'), problems: v.array(text) }),
  v.object({ kind: v.literal('non-determinism'), recorded: text, called: text }),
  v.object({ kind: v.literal('storage-full'), message: text }),
  v.object({ kind: v.literal('cancelled'), reason: text }),
  v.object({ kind: v.literal('upstream'), taskRun: text }),
  v.object({ kind: v.literal('interrupt'), message: text }),
]);
/** Of every failure there is. */
export const failureSchema = failure;

const state = v.object({
  type: v.picklist(['COMPLETED', 'FAILED', 'CANCELLED', 'PAUSED', 'CRASHED']),
  name: text,
  message: v.optional(text),
});
const outcome = v.variant('ok', [
  v.object({
    ok: v.literal(true),
    value: v.instance(ArrayBuffer),
    label: text,
    state: v.optional(state),
  }),
  v.object({ ok: v.literal(false), failure }),
]);

const seconds = v.optional(v.number());
const common = {
  name: v.optional(text),
  description: v.optional(text),
  logPrints: v.optional(v.boolean()),
  timeoutSeconds: seconds,
  retries: v.optional(v.number()),
  retryDelaySeconds: v.optional(v.union([v.number(), v.array(v.number())])),
  persistResult: v.optional(v.boolean()),
};
const taskOptions = v.object({
  ...common,
  tags: v.optional(v.array(text)),
  retryJitterFactor: v.optional(v.number()),
  recoveries: v.optional(v.number()),
  cachePolicy: v.optional(
    v.object({
      inputs: v.optional(v.object({ except: v.pipe(v.array(text), v.maxLength(100)) })),
      taskSource: v.optional(v.literal(true)),
      runId: v.optional(v.literal(true)),
      flowParameters: v.optional(v.literal(true)),
    }),
  ),
  cacheExpirationSeconds: seconds,
  refreshCache: v.optional(v.boolean()),
});
/** At most ten functions to a hook. */
const hookNames = <Hook extends string>(hooks: readonly Hook[]) =>
  v.optional(v.record(v.picklist(hooks), v.pipe(v.array(text), v.maxLength(10))));
const flowOptions = v.object({ ...common, validateParameters: v.optional(v.boolean()) });
const loadedFlow = v.object({
  name,
  options: flowOptions,
  parameters: parameterSchema,
  functions: v.object({
    asksName: v.optional(v.boolean()),
    hooks: hookNames(FLOW_HOOKS),
  }),
});
const loadReply = v.variant('ok', [
  v.object({
    ok: v.literal(true),
    flow: loadedFlow,
    flows: v.pipe(v.array(loadedFlow), v.maxLength(1000)),
    tasks: v.pipe(
      v.array(
        v.object({
          name,
          options: taskOptions,
          functions: v.object({
            asksBeforeRetry: v.optional(v.boolean()),
            asksName: v.optional(v.boolean()),
            asksCacheKey: v.optional(v.boolean()),
            hooks: hookNames(TASK_HOOKS),
          }),
        }),
      ),
      v.maxLength(10_000),
    ),
  }),
  v.object({ ok: v.literal(false), failure }),
]);

export function parseOutcome(reply: unknown, what: string): Outcome {
  const parsed = v.safeParse(outcome, reply);
  if (!parsed.success) return { ok: false, failure: unreadable(what, parsed.issues[0]) };
  if (parsed.output.ok && parsed.output.value.byteLength > MAX_VALUE_BYTES)
    return { ok: false, failure: tooLarge(what, parsed.output.value.byteLength) };
  return parsed.output;
}

const callbackReply = v.variant('ok', [
  v.object({
    ok: v.literal(true),
    answer: v.union([
      v.boolean(),
      v.null(),
      v.pipe(v.string(), v.maxLength(1000)),
      v.object({ inputs: v.record(text, v.instance(ArrayBuffer)) }),
    ]),
  }),
  v.object({ ok: v.literal(false), failure }),
]);

export function parseCallbackReply(reply: unknown, what: string): CallbackReply {
  const parsed = v.safeParse(callbackReply, reply);
  return parsed.success
    ? parsed.output
    : { ok: false, failure: unreadable(what, parsed.issues[0]) };
}

export function parseLoadReply(reply: unknown): LoadReply {
  const parsed = v.safeParse(loadReply, reply);
  if (parsed.success) return parsed.output;
  const { message } = unreadable('The source', parsed.issues[0]);
  return { ok: false, failure: { kind: 'load', message } };
}

function unreadable(
  what: string,
  issue: v.BaseIssue<unknown>,
): Extract<Failure, { kind: 'exception' }> {
  const path = v.getDotPath(issue) ?? 'reply';
  return {
    kind: 'exception',
    name: 'UnreadableReply',
    message: `${what}: ${path}: ${issue.message}`,
  };
}

const tooLarge = (what: string, bytes: number): Failure => ({
  kind: 'cannot-encode',
  path: `The result of ${what}`,
  message: tooLong(bytes),
});
