import { beforeEach, type TaskMeta } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Why its engine lives on where all others are suspended always. */
    undisturbed?: string;
  }
}

/** Set by `npm run conformance -- --suspend`. */
const MODE = process.env.NIGHTSHIFT_SUSPEND === '1';

let isUndisturbed = false;
beforeEach(() => {
  isUndisturbed = false;
});

export const isAlwaysSuspended = (): boolean => MODE && !isUndisturbed;

/**
 * Asserts something about the engine's own life, which always suspending would take away: all tests of this `describe`,
 * or the test that says so at its start.
 */
export function undisturbed(reason: string, test?: { readonly meta: TaskMeta }): void {
  const liveOn = ({ meta }: { readonly meta: TaskMeta }) => {
    isUndisturbed = true;
    if (MODE) meta.undisturbed = reason;
  };
  if (test) liveOn(test);
  else beforeEach(({ task }) => liveOn(task));
}
