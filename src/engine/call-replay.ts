import type { Failure } from '#domain/failures.ts';
import type { HostAnswer } from '#domain/ports.ts';
import type { JournalOutcome, JournalRecord } from '#domain/records.ts';
import type { Journal, RememberedCall } from './journal.ts';
import { Turns } from './turns.ts';

/**
 * Answers the calls of a flow body: from the journal as far as it goes, then for real. It outlives a lost flow worker:
 * what is under way goes on, and the body that is entered again finds it by call number.
 */
export class CallReplay {
  readonly #journal: Journal;
  readonly #underWay = new Map<number, Promise<JournalOutcome>>();
  #turns = new Turns();
  #closed = false;
  #fatal: (failure: Failure) => void = () => undefined;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  onFatal(listener: (failure: Failure) => void): void {
    this.#fatal = listener;
  }

  /** A body starts, for the first time or again. */
  enter(): void {
    this.#turns = new Turns();
  }

  /** The body is over: it starts nothing any more. */
  close(): void {
    this.#closed = true;
  }

  get isIdle(): boolean {
    return this.#underWay.size === 0;
  }

  isIdleBut(call: number | undefined): boolean {
    return [...this.#underWay.keys()].every((one) => one === call);
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay.values());
  }

  /**
   * @param make what to do when the call was not recorded; its journal entry must be closed when it resolves
   * @param toAnswer must not depend on anything but the outcome: a replay gives it again
   */
  async answer(
    call: JournalRecord,
    make: () => Promise<JournalOutcome>,
    toAnswer: (outcome: JournalOutcome) => HostAnswer | Promise<HostAnswer>,
  ): Promise<HostAnswer> {
    const turns = this.#turns;
    await turns.arrivals.turn(call.call);
    if (this.#isOver(turns) || this.#differs(call)) return NEVER;
    const outcome = await this.outcomeOf(call.call, make);
    const answer = await toAnswer(outcome);
    await turns.deliveries.turn(outcome.delivery);
    return answer;
  }

  /** Under way, recorded before, or to be made now. What is under way may not be durable yet, so that comes first. */
  outcomeOf(call: number, make: () => Promise<JournalOutcome>): Promise<JournalOutcome> {
    const underWay = this.#underWay.get(call);
    if (underWay) return underWay;
    const recorded = this.#journal.call(call)?.outcome;
    if (recorded) return Promise.resolve(recorded);
    const made = make().finally(() => this.#underWay.delete(call));
    this.#underWay.set(call, made);
    return made;
  }

  /** The body that asks has returned, or another was entered in its place. */
  #isOver(turns: Turns): boolean {
    return this.#closed || turns !== this.#turns;
  }

  /** A replayed body must call what it called before; if not, the run ends and names both. */
  #differs(call: JournalRecord): boolean {
    const before = this.#journal.call(call.call);
    if (!before) return false;
    const same =
      before.operation === call.operation &&
      before.subject === call.subject &&
      before.argumentsHash === call.argumentsHash;
    if (same) return false;
    this.#fatal({ kind: 'non-determinism', recorded: told(before), called: told(call) });
    return true;
  }
}

/** The worker is being ended: nothing more is answered. */
const NEVER = new Promise<never>(() => undefined);

const told = (call: RememberedCall): string =>
  `${call.operation === 'task' ? call.subject : `${call.operation}(${call.subject})`} (call ${call.call}, arguments ${call.argumentsHash.slice(0, 14)})`;
