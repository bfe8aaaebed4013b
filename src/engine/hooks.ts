import { describeFailure, type Failure } from '#domain/failures.ts';
import type { CallbackReply } from '#domain/author-api.ts';
import type { HookEnd } from '#domain/events.ts';
import type { FlowHook, TaskHook } from '#domain/hooks.ts';
import type { LogLine } from '#domain/lines.ts';
import type { AuthorWorker } from '#domain/ports.ts';
import type { TaskRunRecord } from '#domain/records.ts';
import type { State } from '#domain/states.ts';
import { askFlow, askTask } from './author-functions.ts';
import type { RunContext } from './run-context.ts';

interface Told {
  /** `Task run 'extract-0'` */
  readonly logger: string;
  readonly state: State;
  readonly failure: Failure | undefined;
}

/** Runs the hooks of a task run one after the other; a hook that fails is logged and the others still run. */
export function runTaskHooks(
  run: RunContext,
  record: TaskRunRecord,
  hook: TaskHook,
  worker?: AuthorWorker,
): Promise<readonly HookEnd[]> {
  const { name, state, failure } = record;
  const told = { logger: `Task run '${name}'`, state, failure };
  const origin = { taskRunId: record.id, attempt: record.attempts.length };
  return runAll(run, record.policy.hooks?.[hook], hook, told, origin, (question) =>
    askTask(run, record, question, worker),
  );
}

/** Runs the hooks of a flow run, as `runTaskHooks`. */
export function runFlowHooks(
  run: RunContext,
  hook: FlowHook,
  worker?: AuthorWorker,
): Promise<readonly HookEnd[]> {
  const { name, state, failure, policy } = run.record();
  const told = { logger: `Flow run '${name}'`, state, failure };
  return runAll(run, policy.hooks?.[hook], hook, told, {}, (question) =>
    askFlow(run, question, worker),
  );
}

async function runAll<Hook extends TaskHook | FlowHook>(
  run: RunContext,
  names: readonly string[] = [],
  hook: Hook,
  { logger, state, failure }: Told,
  origin: Pick<LogLine, 'taskRunId' | 'attempt'>,
  call: (question: {
    readonly ask: 'hook';
    readonly hook: Hook;
    readonly index: number;
    readonly state: State;
    readonly failure?: Failure;
  }) => Promise<CallbackReply>,
): Promise<readonly HookEnd[]> {
  const say = (level: 'INFO' | 'ERROR', message: string) =>
    run.log.line({ kind: 'log', level, logger, message, at: run.ports.clock.now(), ...origin });
  const ends: HookEnd[] = [];
  for (const [index, name] of names.entries()) {
    say('INFO', beginWords(hook, name, state));
    const about = { state, ...(failure ? { failure } : {}) };
    const reply = await call({ ask: 'hook', hook, index, ...about });
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
