import { EVENT_VERSION, type ModelEvent, type NightshiftEvent } from '#domain/events.ts';
import { modelStream } from '#domain/ids.ts';
import { versionsNamed, type ModelHistory } from '#domain/model-history.ts';
import type { ModelVersionRecord } from '#domain/records.ts';
import type { Store, Write } from '#domain/store.ts';

/** The stream of a model holds nothing but its events. */
export async function readModelHistory(store: Store, model: string): Promise<ModelHistory> {
  const events = await store.events(modelStream(model));
  return events as readonly NightshiftEvent<ModelEvent>[];
}

/** The bodies as the next events of the model's stream. */
export function nextModelEvents(
  history: ModelHistory,
  model: string,
  bodies: readonly ModelEvent[],
  at: number,
): readonly NightshiftEvent<ModelEvent>[] {
  const last = history.at(-1)?.seq ?? 0;
  return bodies.map((body, i) => ({
    v: EVENT_VERSION,
    streamId: modelStream(model),
    seq: last + 1 + i,
    at,
    body,
  }));
}

export const addEvents = (events: readonly NightshiftEvent<ModelEvent>[]): readonly Write[] =>
  events.map((record) => ({ store: 'events', op: 'add', record }));

/** A number is given once: also that of a version that was deleted. */
export const nextVersion = (
  versions: readonly ModelVersionRecord[],
  history: ModelHistory,
): number => Math.max(0, ...versions.map(({ version }) => version), ...versionsNamed(history)) + 1;
