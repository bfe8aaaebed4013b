import { describeReason } from '#domain/reasons.ts';
import { describeFailure } from '#domain/failures.ts';
import { describeFault } from '#domain/faults.ts';
import { describeOrigin } from '#domain/origin.ts';
import type { RunView, TaskRunView } from '#domain/run-view.ts';
import { isTerminal } from '#domain/states.ts';
import { duration, plural } from '#ui/layout/numbers.ts';
import { attemptSentence, retryRule, triggerSentence } from '#ui/layout/words.ts';
import { overrideWords } from './scenario-words.ts';

/** A question a reader has about a run, and what the record answers. */
export interface Why {
  readonly question: string;
  readonly answers: readonly string[];
}

export function whyOf(view: RunView, now: number): readonly Why[] {
  const entries: readonly Why[] = [
    { question: 'Why did it run?', answers: startAnswers(view) },
    { question: 'What was not run again?', answers: reuseAnswers(view) },
    { question: 'What was broken on purpose?', answers: view.created.faults.map(faultSentence) },
    { question: 'What was changed without touching the source?', answers: overrides(view) },
    ...taskRunsWhy(view, now),
    { question: 'Why did the gate decide as it did?', answers: gateAnswers(view) },
    { question: 'Why did it end?', answers: endAnswers(view) },
  ];
  return entries.filter(({ answers }) => answers.length > 0);
}

const startAnswers = ({ created: { trigger, origin } }: RunView): readonly string[] => [
  `${triggerSentence(trigger)}.`,
  ...(origin ? [`${describeOrigin(origin)}.`] : []),
];

const reuseAnswers = ({ taskRuns }: RunView): readonly string[] =>
  taskRuns.flatMap(({ name, state: { reason } }) =>
    reason.kind === 'reused' ? [`${name}: ${describeReason(reason)}.`] : [],
  );

const MOST_TASK_RUNS = 100;

/** Those that failed or took more than one attempt; of very many the first. */
function taskRunsWhy(view: RunView, now: number): readonly Why[] {
  const telling = view.taskRuns.filter(isTelling);
  const more = telling.length - MOST_TASK_RUNS;
  return [
    ...telling.slice(0, MOST_TASK_RUNS).map((taskRun) => attemptsWhy(taskRun, now)),
    {
      question: 'And the others?',
      answers:
        more > 0 ? [`${plural(more, 'more task run')} failed or took more than one attempt.`] : [],
    },
  ];
}

const isTelling = ({ attempts }: TaskRunView): boolean =>
  attempts.length > 1 || attempts.some(({ failure }) => failure !== undefined);

const faultSentence = (fault: RunView['created']['faults'][number]): string =>
  `${describeFault(fault)}.`;

const overrides = (view: RunView): readonly string[] =>
  Object.entries(view.created.overrides).flatMap(([task, override]) =>
    overrideWords(task, override),
  );

function attemptsWhy(taskRun: TaskRunView, now: number): Why {
  const { attempts } = taskRun;
  const answers = attempts.flatMap((attempt) => {
    const wait = taskRun.waits.find((one) => one.afterAttempt === attempt.number);
    const waited = wait && duration((wait.endedAt ?? now) - wait.from);
    return [
      `${attemptSentence(taskRun, attempt, now)}.`,
      ...(wait ? [`Then it waited ${waited} = ${retryRule(wait)}.`] : []),
      ...(attempt.failure?.kind === 'lost'
        ? ['A lost attempt is started again and uses no retry.']
        : []),
    ];
  });
  const question =
    attempts.length === 1
      ? `Why did ${taskRun.name} end as it did?`
      : `Why did ${taskRun.name} take ${attempts.length} attempts?`;
  return { question, answers };
}

function gateAnswers({ verdict }: RunView): readonly string[] {
  return (
    verdict?.verdict.conditions.map(
      ({ metric, reason, passed }) =>
        `${metric}: ${reason}, so it ${passed ? 'passed' : 'did not pass'}.`,
    ) ?? []
  );
}

function endAnswers({ state, failure }: RunView): readonly string[] {
  if (!isTerminal(state)) return [];
  return [
    `${state.name}: ${describeReason(state.reason)}.`,
    ...(failure ? [`${describeFailure(failure)}.`] : []),
  ];
}
