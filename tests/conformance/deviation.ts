import { beforeEach } from 'vitest';
import { DELIBERATE, type Deliberate } from './ledger.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Why its case holds otherwise than in Prefect. */
    deviation?: string;
  }
}

/** The tests of this `describe` assert how Nightshift differs from the case, and that it does so on purpose. */
export function deviation<Number extends keyof Deliberate>(
  number: Number,
  reason: Deliberate[Number],
): void {
  if (DELIBERATE[number] !== reason)
    throw new Error(`${number} does not deviate for the reason "${reason}" (ledger.ts).`);
  beforeEach(({ task }) => {
    task.meta.deviation = reason;
  });
}
