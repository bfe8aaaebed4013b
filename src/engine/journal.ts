import type { FlowRunId } from '#domain/ids.ts';
import type {
  FlowRunRecord,
  JournalOutcome,
  JournalRecord,
  TaskRunRecord,
} from '#domain/records.ts';
import type { Store, Write } from '#domain/store.ts';

/** A call as it is remembered: once it has an outcome, nobody asks for its arguments any more. */
export type RememberedCall = Omit<JournalRecord, 'argumentsBytes'>;

/** The calls of one flow attempt and their outcomes, as far as they are recorded. */
export class Journal {
  readonly #calls = new Map<number, RememberedCall>();
  /** Of calls that have no outcome yet: they are written again with it. */
  readonly #arguments = new Map<number, ArrayBuffer>();
  /** By call: how many calls before it were of the same operation and subject. */
  readonly #indexes = new Map<number, number>();
  /** By operation and subject: how many calls there were. */
  readonly #counts = new Map<string, number>();
  #deliveries: number;
  #answered: number;

  constructor(records: readonly JournalRecord[] = []) {
    for (const record of records) this.#remember(record);
    const outcomes = records.flatMap(({ outcome }) => outcome ?? []);
    this.#deliveries = outcomes.length;
    this.#answered = outcomes.filter(({ failure }) => !failure).length;
  }

  static async load(store: Store, flowRunId: FlowRunId, flowAttempt: number): Promise<Journal> {
    return new Journal(await store.journalOf(flowRunId, flowAttempt));
  }

  /** Some calls have no outcome yet. */
  get hasOpenCalls(): boolean {
    return this.#arguments.size > 0;
  }

  get isEmpty(): boolean {
    return this.#calls.size === 0;
  }

  /** How many calls gave what they were asked for: one that fails each time gets nobody further. */
  get answered(): number {
    return this.#answered;
  }

  call(number: number): RememberedCall | undefined {
    return this.#calls.get(number);
  }

  /** @throws Error when the call has none: a bug */
  outcomeOf(number: number): JournalOutcome {
    const outcome = this.#calls.get(number)?.outcome;
    if (!outcome) throw new Error(`Call ${number} ended without an outcome.`);
    return outcome;
  }

  /** How many calls before this one were of the same task: its index. Calls are opened in order. */
  indexOf(call: Subject & Pick<JournalRecord, 'call'>): number {
    return this.#indexes.get(call.call) ?? this.#counts.get(subjectOf(call)) ?? 0;
  }

  open(record: JournalRecord): Write {
    this.#remember(record);
    return { store: 'journal', op: 'add', record };
  }

  /** Numbers the outcome in order of delivery; commit the write before delivering. */
  close(call: number, outcome: Omit<JournalOutcome, 'delivery'>): Write {
    const open = this.#calls.get(call);
    const argumentsBytes = this.#arguments.get(call);
    if (!open || !argumentsBytes) throw new Error(`Call ${call} is not open.`);
    if (!outcome.failure) this.#answered++;
    const closed = { ...open, outcome: { ...outcome, delivery: this.#deliveries++ } };
    this.#calls.set(call, closed);
    this.#arguments.delete(call);
    return { store: 'journal', op: 'put', record: { ...closed, argumentsBytes } };
  }

  #remember({ argumentsBytes, ...call }: JournalRecord): void {
    this.#calls.set(call.call, call);
    if (!call.outcome) this.#arguments.set(call.call, argumentsBytes);
    const subject = subjectOf(call);
    const before = this.#counts.get(subject) ?? 0;
    this.#indexes.set(call.call, before);
    this.#counts.set(subject, before + 1);
  }
}

type Subject = Pick<JournalRecord, 'operation' | 'subject'>;
const subjectOf = ({ operation, subject }: Subject): string => `${operation} ${subject}`;

/** What the journal keeps of a task run or a subflow that has ended. */
export function outcomeOf(
  record: TaskRunRecord | FlowRunRecord,
  at: number,
): Omit<JournalOutcome, 'delivery'> {
  const { state, result, failure } = record;
  if (result && state.type === 'COMPLETED') return { at, state, value: result.hash };
  const reason = state.message ?? 'it did not complete';
  return { at, state, failure: failure ?? { kind: 'cancelled', reason } };
}
