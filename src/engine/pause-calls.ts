import type { RunResume } from '#domain/engine-api.ts';
import type { HostRequest } from '#domain/host-api.ts';
import { answerTo, NEVER_RESUMED, type OpenPause, type PauseQuestion } from '#domain/pauses.ts';
import type { HostAnswer } from '#domain/ports.ts';
import type { JournalOutcome, JournalRecord } from '#domain/records.ts';
import type { CallReplay } from './call-replay.ts';
import type { Journal } from './journal.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { checkAnswer } from './pause-answer.ts';
import { untilResumed } from './resumption.ts';
import type { RunContext } from './run-context.ts';

export type AskPause = Extract<HostRequest, { method: 'pause' }>;

/** The questions that a flow body puts to a person: one at a time, journaled with the answer. */
export class PauseCalls {
  readonly #run: RunContext;
  readonly #journal: Journal;
  readonly #replay: CallReplay;
  /** The question before is over. */
  readonly #turns = new OneAtATime();
  #over: Promise<boolean> | undefined;
  /** The commit that ends the pause that was the last. */
  #ending: Promise<unknown> = Promise.resolve();
  #suspend: () => void = () => undefined;

  constructor(run: RunContext, journal: Journal, replay: CallReplay) {
    this.#run = run;
    this.#journal = journal;
    this.#replay = replay;
  }

  /** The worker of the body is to be ended: the body is entered again when the pause is over. */
  onSuspend(listener: () => void): void {
    this.#suspend = listener;
  }

  /** @param call its entry in the journal, as it would be opened */
  answer(call: JournalRecord, request: AskPause): Promise<HostAnswer> {
    return this.#replay.answer(
      call,
      () => this.#turns.run(() => this.#pause(call, questionOf(request))),
      ({ at, answer, failure }) =>
        failure ? { ok: false, failure, at } : { ok: true, value: answer, at },
    );
  }

  /** Waits for the end of the pause that is on, whether a body waits for it or not. False: the run was cancelled. */
  over(): Promise<boolean> {
    this.#over ??= this.#untilOver().finally(() => (this.#over = undefined));
    return this.#over;
  }

  /**
   * A person answers.
   * @param number of the pause that is meant; the one that is on when absent
   */
  async resume(input: Readonly<Record<string, unknown>>, number?: number): Promise<RunResume> {
    const { ports, record, move } = this.#run;
    const at = ports.clock.now();
    const checked = checkAnswer(record(), input, number, at);
    if (checked.kind !== 'answer') return checked.reply;
    const { pause, answer } = checked;
    const outcome = { at, answer };
    this.#ending = move({ kind: 'resumed', answer }, () => [
      this.#journal.close(pause.call, outcome),
    ]);
    await this.#ending;
    return { ok: true };
  }

  async #pause(call: JournalRecord, question: PauseQuestion): Promise<JournalOutcome> {
    if (!this.#journal.call(call.call)) await this.#open(call, question);
    if (!(await this.over())) throw new Error('The flow run has ended.');
    return this.#journal.outcomeOf(call.call);
  }

  async #open(call: JournalRecord, question: PauseQuestion): Promise<void> {
    const { record, move, workers } = this.#run;
    const answer = answerTo(question.key, record().endedPauses);
    if (answer) return this.#repeat(call, answer);
    const asked = { ...call, calledAt: this.#run.ports.clock.now() };
    const paused = await move({ kind: 'paused', call: call.call, question }, () => [
      this.#journal.open(asked),
    ]);
    if (!paused)
      throw new Error(`Only a Running flow run can pause; this one is ${record().state.name}.`);
    if (!question.suspend || record().pause?.call !== call.call) return;
    workers.rest();
    this.#suspend();
  }

  /** The same question is not asked twice. */
  async #repeat(call: JournalRecord, answer: NonNullable<JournalOutcome['answer']>): Promise<void> {
    const { log, ports } = this.#run;
    const open = this.#journal.open(call);
    const close = this.#journal.close(call.call, { at: ports.clock.now(), answer });
    log.say('INFO', `Pause '${call.subject}' was answered before: going on with that answer`);
    await log.commit([], [open, close]);
  }

  async #untilOver(): Promise<boolean> {
    const { pause } = this.#run.record();
    if (!pause) {
      await this.#ending;
      return true;
    }
    const stopTimer = this.#run.ports.clock.at(pause.until, () => this.#expire(pause));
    const resumed = await untilResumed(this.#run);
    stopTimer();
    return resumed;
  }

  #expire({ call }: OpenPause): void {
    const at = this.#run.ports.clock.now();
    this.#run
      .move({ kind: 'pause due' }, () => [
        this.#journal.close(call, { at, failure: NEVER_RESUMED }),
      ])
      // A store that takes it no more ends the run by itself.
      .catch(() => undefined);
  }
}

function questionOf({ key, message, schema, timeoutSeconds, suspend }: AskPause): PauseQuestion {
  return {
    ...(key === undefined ? {} : { key }),
    ...(message === undefined ? {} : { message }),
    ...(schema === undefined ? {} : { schema }),
    timeoutSeconds,
    suspend,
  };
}

/** What a body must ask again in the same words when it is replayed. */
export const encodedQuestion = (request: AskPause): ArrayBuffer =>
  new TextEncoder().encode(JSON.stringify(questionOf(request))).buffer;
