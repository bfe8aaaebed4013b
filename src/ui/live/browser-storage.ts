/** Small texts kept beside the engine's database: preferences (`local`) and what this tab was doing (`tab`). */
export interface TextStore {
  get(key: string): string | undefined;
  set(key: string, value: string | undefined): void;
}

/** A refused or full storage keeps nothing and says nothing: everything in it can be chosen again. */
export function textStore(open: () => Storage, base: string): TextStore {
  const name = (key: string) => `nightshift:${new URL(base).pathname}:${key}`;
  return {
    get: (key) => attempt(() => open().getItem(name(key)) ?? undefined),
    set: (key, value) =>
      attempt(() => {
        if (value === undefined) open().removeItem(name(key));
        else open().setItem(name(key), value);
      }),
  };
}

/** With storage blocked the mere property access throws in some browsers. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
