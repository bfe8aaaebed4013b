import type { Store, StoreName, StoreSchema } from '#domain/store.ts';
import { STORE_NAMES } from '#storage/schema.ts';

export type StoreContent = { readonly [S in StoreName]: StoreSchema[S]['record'][] };

/** Everything a store holds. */
export async function contentOf(store: Store): Promise<StoreContent> {
  const content = Object.fromEntries(STORE_NAMES.map((name) => [name, []])) as unknown as {
    [S in StoreName]: StoreSchema[StoreName]['record'][];
  };
  await store.snapshot((name, records) => content[name].push(...records));
  return content as StoreContent;
}
