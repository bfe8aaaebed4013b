import { describe, expect, it } from 'vitest';
import { completed, failed } from '#domain/states.ts';
import { Journal, outcomeOf } from '#engine/journal.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import { FLOW_RUN, hash, journalEntry, SOME_TIME, taskRun } from '#tests/support/builders.ts';

const entry = (call: number, subject = 'train') => journalEntry({ call, subject });
const outcome = { at: SOME_TIME, value: hash(3) };

describe('the journal of a flow attempt', () => {
  it('numbers outcomes in the order in which they were recorded', () => {
    const journal = new Journal();
    for (const call of [0, 1, 2]) journal.open(entry(call));
    for (const call of [1, 0, 2]) journal.close(call, outcome);
    expect([0, 1, 2].map((call) => journal.outcomeOf(call).delivery)).toEqual([1, 0, 2]);
  });

  it('goes on counting where an interrupted one stopped', async () => {
    const store = createMemoryStore();
    const before = new Journal();
    const writes = [before.open(entry(0)), before.open(entry(1)), before.close(1, outcome)];
    await store.commit(writes);
    const after = await Journal.load(store, FLOW_RUN, 1);
    expect(after.call(0)?.outcome).toBeUndefined();
    expect(after.outcomeOf(1)).toEqual({ ...outcome, delivery: 0 });
    after.close(0, outcome);
    expect(after.outcomeOf(0).delivery).toBe(1);
  });

  it('is empty for an attempt that called nothing yet', async () => {
    const journal = await Journal.load(createMemoryStore(), FLOW_RUN, 1);
    expect(journal.call(0)).toBeUndefined();
  });

  it('knows which call of its task a call is, before and after it is opened', () => {
    const journal = new Journal();
    journal.open(entry(0, 'a'));
    journal.open(entry(1, 'b'));
    journal.open(journalEntry({ call: 2, operation: 'sleep', subject: 'a' }));
    expect(journal.indexOf(entry(3, 'a'))).toBe(1);
    journal.open(entry(3, 'a'));
    expect(journal.indexOf(entry(3, 'a'))).toBe(1);
    expect(journal.indexOf(entry(0, 'a'))).toBe(0);
    expect(journal.indexOf(entry(4, 'c'))).toBe(0);
  });

  it('refuses to open a call twice in the store', async () => {
    const store = createMemoryStore();
    await store.commit([new Journal().open(entry(0))]);
    await expect(store.commit([new Journal().open(entry(0))])).rejects.toThrow('exists already');
  });

  it('knows a bug when it sees one', () => {
    const journal = new Journal([entry(0)]);
    expect(() => journal.outcomeOf(0)).toThrow('Call 0 ended without an outcome');
    expect(() => journal.close(1, outcome)).toThrow('Call 1 is not open');
  });
});

describe('the outcome of a task run', () => {
  it('is its result when it completed, by whatever name', () => {
    const result = { hash: hash(1), bytes: 1, label: '1' };
    const record = taskRun({ state: completed('Rejected'), result });
    expect(outcomeOf(record, 5)).toEqual({ at: 5, state: completed('Rejected'), value: hash(1) });
  });

  it('is its failure when it did not', () => {
    const failure = { kind: 'exception', name: 'Error', message: 'x' } as const;
    expect(outcomeOf(taskRun({ state: failed('Error: x'), failure }), 5)).toEqual({
      at: 5,
      state: failed('Error: x'),
      failure,
    });
  });
});
