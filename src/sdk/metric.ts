import { showValue } from '#domain/show-value.ts';
import { served, type Served } from './scope.ts';

const SERIES = /^[a-z][a-z0-9 _-]{0,59}$/i;
const MOST_VALUES = 50;

/**
 * One point of a series, drawn live and kept with the lines of the run: `metric('training', 3, { loss: 0.41 })`. The
 * series `training` is the curve of the Lab: `loss`, and where there are any `heldOutLoss` and `heldOutAccuracy`.
 * @param step a whole number from 0
 * @throws TypeError naming what is wrong with it
 */
export function metric(
  series: string,
  step: number,
  values: Readonly<Record<string, number>>,
): void {
  const { host } = here('metric');
  if (!(typeof series === 'string' && SERIES.test(series)))
    throw new TypeError(
      `metric: a series has a short name of letters and digits, like 'training', not ${showValue(series)}.`,
    );
  if (!(Number.isSafeInteger(step) && step >= 0))
    throw new TypeError(`metric: the step is a whole number from 0, not ${showValue(step)}.`);
  host.metric(series, step, checked(values));
}

/**
 * Says how far the task is. Await it in a long loop: it is where a task that was cancelled can end.
 * @param fraction 0 to 1
 */
export function progress(fraction: number): Promise<void> {
  const { host } = here('progress');
  if (!(typeof fraction === 'number' && fraction >= 0 && fraction <= 1))
    throw new TypeError(`progress takes a fraction of 0 to 1, not ${showValue(fraction)}.`);
  return host.progress(fraction);
}

function checked(values: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const all = Object.entries(values ?? {});
  if (all.length === 0 || all.length > MOST_VALUES)
    throw new TypeError(
      `metric takes 1 to ${MOST_VALUES} numbers by name, like { loss: 0.41 }, not ${all.length}.`,
    );
  for (const [name, value] of all)
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new TypeError(`metric: ${name} is ${showValue(value)}, no finite number.`);
  return { ...values };
}

function here(what: string): Served {
  const current = served();
  if (current) return current;
  throw new Error(`${what} works inside a flow run only: call it from a task.`);
}
