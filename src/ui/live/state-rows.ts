import type { ReasonedState, RunView } from '#domain/run-view.ts';

export interface StateRow {
  readonly key: string;
  /** `extract-0`, or the name of the run. */
  readonly subject: string;
  readonly state: ReasonedState;
}

/** Every state that the run and its task runs entered, in order of time; the run's own first at the same instant. */
export function stateRows(view: RunView): readonly StateRow[] {
  const subjects = [{ name: view.created.name, states: view.states }, ...view.taskRuns];
  return subjects
    .flatMap(({ name, states }) =>
      states.map((state, i) => ({ key: `${name}/${i}`, subject: name, state })),
    )
    .sort((one, other) => one.state.at - other.state.at);
}
