import type { Durability, Write } from '#domain/store.ts';

/** All writes or none. */
export type Apply = (writes: readonly Write[], durability: Durability) => Promise<void>;

interface Commit {
  readonly writes: readonly Write[];
  readonly durability: Durability;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

type Outcome = PromiseSettledResult<void>;

/**
 * Commits that arrive while a transaction is in flight share the next one: twice the commits a second in
 * Chromium, three times in Firefox, as soon as eight are under way.
 * Invariant: they are applied in the order of the calls, and each succeeds or fails as if it were alone.
 */
export function groupCommits(apply: Apply): Apply {
  let waiting: Commit[] = [];
  let busy = false;

  const takeWaiting = (): readonly Commit[] => {
    const group = waiting;
    waiting = [];
    busy = group.length > 0;
    return group;
  };
  const drain = async (): Promise<void> => {
    // The group is settled and the next one taken without a pause in between: no commit can slip past the queue.
    for (let group = takeWaiting(); group.length > 0; group = takeWaiting())
      settle(group, await outcomesOf(apply, group));
  };

  return (writes, durability) =>
    new Promise((resolve, reject) => {
      // The first is written at once, which copies it; one that waits must not change with its caller's records.
      const kept = busy ? structuredClone(writes) : writes;
      waiting.push({ writes: kept, durability, resolve, reject });
      if (!busy) void drain();
    });
}

/** Together first. A failed transaction left nothing behind, so then one by one: only the culprit fails. */
async function outcomesOf(apply: Apply, group: readonly Commit[]): Promise<readonly Outcome[]> {
  const together = await outcomeOf(apply, merge(group));
  if (together.status === 'fulfilled') return group.map(() => together);
  if (group.length === 1) return [together];
  const outcomes: Outcome[] = [];
  for (const commit of group) outcomes.push(await outcomeOf(apply, commit));
  return outcomes;
}

type Batch = Pick<Commit, 'writes' | 'durability'>;

function merge(group: readonly Commit[]): Batch {
  const strict = group.some((commit) => commit.durability === 'strict');
  return {
    writes: group.flatMap((commit) => commit.writes),
    durability: strict ? 'strict' : 'relaxed',
  };
}

async function outcomeOf(apply: Apply, { writes, durability }: Batch): Promise<Outcome> {
  const [outcome] = await Promise.allSettled([apply(writes, durability)]);
  return outcome;
}

function settle(group: readonly Commit[], outcomes: readonly Outcome[]): void {
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') group[i]?.resolve();
    else group[i]?.reject(outcome.reason);
  }
}
