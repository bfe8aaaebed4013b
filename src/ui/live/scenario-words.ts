import { describeFault } from '#domain/faults.ts';
import type { TaskOverride } from '#domain/policies.ts';
import { DEFAULT_SCENARIO, type Scenario } from '#domain/scenario.ts';
import { delayText, settingsDefaults } from './run-settings.ts';

/** What a scenario changes, in plain words, one sentence each; empty when nothing differs. */
export function scenarioWords(scenario: Scenario): readonly string[] {
  const { parameters, overrides, faults, seed, arrivalDay, view } = scenario;
  return [
    ...Object.entries(parameters).map(parameterWords),
    ...Object.entries(overrides).flatMap(([task, override]) => overrideWords(task, override)),
    ...faults.map((fault) => `Breaks on purpose: ${describeFault(fault)}.`),
    ...(seed === DEFAULT_SCENARIO.seed
      ? []
      : [`The seed is ${seed} instead of ${DEFAULT_SCENARIO.seed}.`]),
    ...(arrivalDay === undefined
      ? []
      : [`It reads the reviews that had arrived by day ${arrivalDay}.`]),
    ...(view?.task === undefined ? [] : [`It looks at ${view.task}${attemptWords(view.attempt)}.`]),
  ];
}

/** The words of one override; also beside the settings of the Lab. */
export function overrideWords(task: string, override: TaskOverride): readonly string[] {
  const was = task === 'extract' ? settingsDefaults(undefined) : undefined;
  const { retries, retryDelaySeconds, timeoutSeconds } = override;
  return [
    ...(retries === undefined
      ? []
      : [`${task}: ${plural(retries, 'retry', 'retries')}${instead(was?.extractRetries)}.`]),
    ...(retryDelaySeconds === undefined
      ? []
      : [
          `${task}: waits ${delayText(retryDelaySeconds)} s before a retry${instead(was?.extractDelay)}.`,
        ]),
    ...(timeoutSeconds === undefined
      ? []
      : [`${task}: an attempt may take ${timeoutSeconds} s, then it is ended.`]),
  ];
}

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
const instead = (was: string | undefined): string =>
  was === undefined ? '' : ` instead of ${was}`;
const attemptWords = (attempt: number | undefined): string =>
  attempt === undefined ? '' : `, attempt ${attempt}`;

function parameterWords([name, value]: readonly [string, unknown]): string {
  const was = name === 'threshold' ? settingsDefaults(undefined).threshold : undefined;
  return `The parameter ${name} is ${String(value)}${instead(was)}.`;
}
