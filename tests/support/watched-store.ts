import type { NightshiftEvent } from '#domain/events.ts';
import type { Store } from '#domain/store.ts';

/** A store, and all events that became durable in it, of all streams in the order of their commits. */
export function watchedStore(store: Store): {
  readonly store: Store;
  readonly events: readonly NightshiftEvent[];
} {
  const events: NightshiftEvent[] = [];
  const commit: Store['commit'] = async (writes, durability) => {
    await store.commit(writes, durability);
    for (const write of writes)
      if (write.store === 'events' && write.op !== 'delete') events.push(write.record);
  };
  return { store: { ...store, commit }, events };
}
