import { describeFailure } from '#domain/failures.ts';
import type { CallbackQuestion, CallbackReply } from '#domain/author-api.ts';
import type { HookEnd } from '#domain/events.ts';
import type { FlowHook, TaskHook } from '#domain/hooks.ts';
import type { LogLevel } from '#domain/lines.ts';
import type { AuthorWorker } from '#domain/ports.ts';
import type { TaskRunRecord } from '#domain/records.ts';
import type { State } from '#domain/states.ts';
import type { Write } from '#domain/store.ts';
import { askFlow, askTask } from './author-functions.ts';
import type { RunContext } from './run-context.ts';

/**
 * Runs the hooks of a task run one after the other, then tells how they ended; one that fails is logged and the others
 * still run.
 * @param writesOf for the commit that tells it
 */
export async function runTaskHooks(
  run: RunContext,
  record: TaskRunRecord,
  hook: TaskHook,
  worker?: AuthorWorker,
  writesOf: (ends: readonly HookEnd[]) => readonly Write[] = () => [],
): Promise<void> {
  const hooks = await runAll(record.policy.hooks?.[hook], hook, record, {
    ask: (question) => askTask(run, record, question, worker),
    say: (level, message) => run.log.sayOf(record, level, message),
  });
  const told = { kind: 'hooks.ran', taskRunId: record.id, hook, hooks } as const;
  await run.log.commit([told], writesOf(hooks));
}

/** Runs the hooks of a flow run, as `runTaskHooks`. */
export async function runFlowHooks(
  run: RunContext,
  hook: FlowHook,
  writes: readonly Write[] = [],
): Promise<void> {
  const record = run.record();
  const hooks = await runAll(record.policy.hooks?.[hook], hook, record, {
    ask: (question) => askFlow(run, question),
    say: (level, message) => run.log.say(level, message),
  });
  await run.log.commit([{ kind: 'flow-run.hooks-ran', hook, hooks }], writes);
}

type AskHook = Extract<CallbackQuestion, { ask: 'hook' }>;

interface Teller {
  readonly ask: (question: AskHook) => Promise<CallbackReply>;
  readonly say: (level: LogLevel, message: string) => void;
}

async function runAll(
  names: readonly string[] = [],
  hook: TaskHook | FlowHook,
  { state, failure }: Pick<TaskRunRecord, 'state' | 'failure'>,
  { ask, say }: Teller,
): Promise<readonly HookEnd[]> {
  const ends: HookEnd[] = [];
  for (const [index, name] of names.entries()) {
    say('INFO', beginWords(hook, name, state));
    const about = { state, ...(failure ? { failure } : {}) };
    const reply = await ask({ ask: 'hook', hook, index, ...about });
    if (reply.ok) say('INFO', `${hookWords(hook)} '${name}' finished running successfully`);
    else say('ERROR', `${hookWords(hook)} '${name}' failed: ${describeFailure(reply.failure)}`);
    ends.push({ name, ...(reply.ok ? {} : { failure: reply.failure }) });
  }
  return ends;
}

function beginWords(hook: TaskHook | FlowHook, name: string, state: State): string {
  if (hook === 'onRollback' || hook === 'onCommit')
    return `Running ${hookWords(hook).toLowerCase()} '${name}'`;
  return `Running hook '${name}' in response to entering state '${state.name}'`;
}

function hookWords(hook: TaskHook | FlowHook): string {
  if (hook === 'onRollback') return 'Rollback hook';
  return hook === 'onCommit' ? 'Commit hook' : 'Hook';
}

/** Runs the hooks of the state a task run has ended in, and remembers that they ran: at least once after a crash. */
export async function runHooksDue(run: RunContext, record: TaskRunRecord): Promise<TaskRunRecord> {
  const { hooksDue: hook, ...rest } = record;
  if (!hook) return record;
  const noneDue: Write = { store: 'taskRuns', op: 'put', record: rest };
  await runTaskHooks(run, record, hook, undefined, () => [noneDue]);
  return rest;
}
