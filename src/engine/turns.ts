import { Sequence } from './sequence.ts';

/** In which order the calls of one flow body are taken and answered; each body that is entered has its own. */
export class Turns {
  /** Calls are opened in the order in which the body made them: indexes must not depend on how long hashing takes. */
  readonly arrivals = new Sequence();
  /** Outcomes reach the body in the order in which they were recorded: a replayed body sees what the first one saw. */
  readonly deliveries = new Sequence();
}
