import type { ShownArtifact } from '#domain/engine-api.ts';
import { asContentHash, type FlowRunId } from '#domain/ids.ts';
import type { Store } from '#domain/store.ts';

/** One artifact by its number, an image or a file with its bytes; undefined when there is none. */
export async function shownArtifact(
  store: Store,
  id: FlowRunId,
  number: number,
): Promise<ShownArtifact | undefined> {
  const record = await store.get('artifacts', [id, number]);
  if (!record || !('hash' in record.content)) return record && { record };
  const value = await store.get('values', asContentHash(record.content.hash));
  return { record, ...(value ? { bytes: value.bytes } : {}) };
}
