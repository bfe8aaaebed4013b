import { afterAll, beforeAll, describe } from 'vitest';

/** Runs a suite as in a browser that has no `getAllRecords`. */
export function withoutGetAllRecords(suite: () => void): void {
  describe('without getAllRecords', () => {
    const restores: (() => void)[] = [];
    beforeAll(() => {
      for (const prototype of [IDBObjectStore.prototype, IDBIndex.prototype])
        restores.push(remove(prototype, 'getAllRecords'));
    });
    afterAll(() => restores.forEach((restore) => restore()));
    suite();
  });
}

function remove(prototype: object, name: string): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  if (descriptor === undefined) return () => undefined;
  Reflect.deleteProperty(prototype, name);
  return () => void Object.defineProperty(prototype, name, descriptor);
}
