import type { FlowRunId } from '#domain/ids.ts';
import type {
  FlowRunRecord,
  JournalOutcome,
  JournalRecord,
  TaskRunRecord,
} from '#domain/records.ts';
import type { Store, Write } from '#domain/store.ts';

/** The calls of one flow attempt and their outcomes, as far as they are recorded. */
export class Journal {
  readonly #records: Map<number, JournalRecord>;
  #deliveries: number;

  constructor(records: readonly JournalRecord[] = []) {
    this.#records = new Map(records.map((record) => [record.call, record]));
    this.#deliveries = records.filter((record) => record.outcome).length;
  }

  static async load(store: Store, flowRunId: FlowRunId, flowAttempt: number): Promise<Journal> {
    return new Journal(await store.journalOf(flowRunId, flowAttempt));
  }

  call(number: number): JournalRecord | undefined {
    return this.#records.get(number);
  }

  /** @throws Error when the call has none: a bug */
  outcomeOf(number: number): JournalOutcome {
    const outcome = this.#records.get(number)?.outcome;
    if (!outcome) throw new Error(`Call ${number} ended without an outcome.`);
    return outcome;
  }

  /** How many calls before this one were of the same task or flow: its index. */
  indexOf({
    call,
    operation,
    subject,
  }: Pick<JournalRecord, 'call' | 'operation' | 'subject'>): number {
    let count = 0;
    for (const record of this.#records.values())
      if (record.operation === operation && record.subject === subject && record.call < call)
        count++;
    return count;
  }

  open(record: JournalRecord): Write {
    this.#records.set(record.call, record);
    return { store: 'journal', op: 'add', record };
  }

  /** Numbers the outcome in order of delivery; commit the write before delivering. */
  close(call: number, outcome: Omit<JournalOutcome, 'delivery'>): Write {
    const open = this.#records.get(call);
    if (!open) throw new Error(`Call ${call} was never opened.`);
    const record = { ...open, outcome: { ...outcome, delivery: this.#deliveries++ } };
    this.#records.set(call, record);
    return { store: 'journal', op: 'put', record };
  }
}

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
