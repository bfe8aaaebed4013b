import type { ReasonedState, RunView } from '#domain/run-view.ts';

export interface StateRow {
  readonly key: string;
  /** `extract-0`, or the name of the run. */
  readonly subject: string;
  readonly state: ReasonedState;
}

export interface StateRows {
  readonly rows: readonly StateRow[];
  /** Of all states there are. */
  readonly total: number;
}

/**
 * The states that the run and its task runs entered, in order of time; the run's own first at the same instant.
 * @param most how many; the earliest are given
 */
export function stateRows(view: RunView, most: number): StateRows {
  const earliest = new Earliest(most);
  let total = 0;
  const tell = (subject: string, states: readonly ReasonedState[]): void => {
    total += states.length;
    states.forEach((state, i) => earliest.add(subject, state, i));
  };
  tell(view.created.name, view.states);
  for (const { name, states } of view.taskRuns) tell(name, states);
  return { rows: earliest.inOrder(), total };
}

/** Keeps a few of many without putting all of them in order. */
class Earliest {
  readonly #most: number;
  #rows: StateRow[] = [];
  #latest = Infinity;

  constructor(most: number) {
    this.#most = most;
  }

  add(subject: string, state: ReasonedState, i: number): void {
    // What comes later in the run stands behind what has the same instant.
    if (state.at >= this.#latest) return;
    this.#rows.push({ key: `${subject}/${i}`, subject, state });
    if (this.#rows.length < 2 * this.#most) return;
    this.#rows = this.inOrder();
    this.#latest = this.#rows.at(-1)?.state.at ?? Infinity;
  }

  inOrder(): StateRow[] {
    return [...this.#rows].sort((one, other) => one.state.at - other.state.at).slice(0, this.#most);
  }
}
