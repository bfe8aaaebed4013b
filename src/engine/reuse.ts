import type { Verdict } from '#domain/gate.ts';
import type { HostRequest } from '#domain/host-api.ts';
import type { FlowRunRecord, JournalRecord } from '#domain/records.ts';
import type { Store } from '#domain/store.ts';
import type { Journal } from './journal.ts';
import { nameOf, readEarlierRun } from './earlier-run.ts';
import { planReuse, type PlannedCall, type ReusePlan } from './reuse-plan.ts';
import type { TaskInput } from './task-machine.ts';

type CallTask = Extract<HostRequest, { method: 'callTask' }>;

/** What another run left for a task call. */
export interface ReusedResult {
  readonly input: Extract<TaskInput, { kind: 'reused' }>;
  readonly bytes: ArrayBuffer;
  readonly verdict?: Verdict;
}

export type ReuseDecision =
  | { readonly kind: 'reused'; readonly reused: ReusedResult }
  /** With why, where the run it is made from has such a call. */
  | { readonly kind: 'runs'; readonly why?: string };

const RUNS: ReuseDecision = { kind: 'runs' };

/** What a run takes over from the run it was made from: asked for each call that is new. */
export class Reuse {
  readonly #store: Pick<Store, 'get'>;
  readonly #plan: ReusePlan | undefined;
  readonly #parameters: FlowRunRecord['parameters'];

  /** @param plan absent: nothing is reused */
  constructor(
    store: Pick<Store, 'get'>,
    { parameters }: Pick<FlowRunRecord, 'parameters'>,
    plan: ReusePlan | undefined,
  ) {
    this.#store = store;
    this.#plan = plan;
    this.#parameters = parameters;
  }

  get isEmpty(): boolean {
    return this.#plan === undefined || this.#plan.nothing !== undefined;
  }

  /**
   * Reused is a call with the number, task and arguments of one that completed, if all that it waits for gave what it
   * gave then.
   */
  async taskRun(call: JournalRecord, asked: CallTask, journal: Journal): Promise<ReuseDecision> {
    const planned = this.#plan?.calls.get(call.call);
    const { taskRun, from } = planned ?? {};
    if (!planned || !taskRun?.result || !from) return RUNS;
    const why = planned.again ?? this.#difference(planned, call, asked, journal);
    if (why !== undefined) return { kind: 'runs', why };
    const value = await this.#store.get('values', taskRun.result.hash);
    if (!value) return { kind: 'runs', why: 'its result is no longer stored' };
    const { state, result } = taskRun;
    const input = { kind: 'reused', state, result, from } as const;
    const { bytes } = value;
    const { verdict } = planned;
    return { kind: 'reused', reused: { input, bytes, ...(verdict ? { verdict } : {}) } };
  }

  /** A sleep that is reused ends at once. */
  skipsSleep({ call, operation, subject }: JournalRecord): boolean {
    const planned = this.#plan?.calls.get(call);
    const same = planned?.journal.operation === operation && planned.journal.subject === subject;
    return same && planned.again === undefined;
  }

  #difference(
    { journal: before }: PlannedCall,
    call: JournalRecord,
    asked: CallTask,
    journal: Journal,
  ): string | undefined {
    if (before.operation !== call.operation || before.subject !== call.subject)
      return `call ${call.call} was ${before.subject} there`;
    const changed = this.#changedInputs(asked, journal);
    if (before.argumentsHash !== call.argumentsHash)
      return `its arguments differ${changed.length > 0 ? ` (${changed.join(', ')})` : ''}`;
    const [upstream] = asked.waitsFor.filter((one) => this.#gaveAnother(one.call, journal));
    return (
      upstream && `${this.#nameOfCall(upstream.call)}, which it waits for, gave another result`
    );
  }

  /** What may have changed the arguments, as far as it can be known without looking into them. */
  #changedInputs({ dependsOn }: CallTask, journal: Journal): readonly string[] {
    const { calls, earlier } = this.#plan ?? {};
    const results = [...(calls?.values() ?? [])]
      .filter(({ taskRun }) => taskRun && dependsOn.includes(nameOf(taskRun)))
      .filter((one) => this.#gaveAnother(one.journal.call, journal))
      .map((one) => `${this.#nameOfCall(one.journal.call)} gave another result`);
    const was = earlier?.parameters ?? {};
    const parameters = Object.entries(this.#parameters)
      .filter(([name, value]) => was[name] !== value)
      .map(([name, value]) => `${name} is ${String(value)} and was ${String(was[name])}`);
    return [...results, ...parameters];
  }

  /** A failure is no result: what received one runs again. */
  #gaveAnother(call: number, journal: Journal): boolean {
    const before = this.#plan?.calls.get(call)?.journal.outcome?.value;
    return before === undefined || before !== journal.call(call)?.outcome?.value;
  }

  #nameOfCall(call: number): string {
    const taskRun = this.#plan?.calls.get(call)?.taskRun;
    return taskRun ? nameOf(taskRun) : `call ${call}`;
  }
}

/** For a run that is taken up again: the plan it began with, as long as the run it was made from is stored. */
export async function reuseAgain(
  store: Store,
  record: FlowRunRecord,
): Promise<{ readonly reuse: Reuse; readonly earlierIsGone: boolean }> {
  const { origin } = record;
  const earlier = origin && (await readEarlierRun(store, origin));
  const plan = origin && earlier && planReuse(earlier, origin, record);
  return {
    reuse: new Reuse(store, record, plan),
    earlierIsGone: origin !== undefined && !earlier,
  };
}
