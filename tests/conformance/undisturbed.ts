import { beforeEach } from 'vitest';

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

/** The tests of this `describe` assert something about the engine's own life, which always suspending would take away. */
export function undisturbed(reason: string): void {
  beforeEach(({ task }) => {
    isUndisturbed = true;
    if (MODE) task.meta.undisturbed = reason;
  });
}
