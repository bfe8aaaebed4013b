import { isDeepStrictEqual } from 'node:util';
import type { EventBody, NightshiftEvent } from '#domain/events.ts';
import { foldRunEvents } from '#domain/run-view.ts';
import { isOver } from '#domain/states.ts';
import type { Evidence, RunEvidence } from './evidence.ts';
import { taskRun } from './write-names.ts';

/** What a session left behind, and what was seen of it from outside. */
export interface Session {
  readonly evidence: Evidence;
  /** Events in the order in which the page was told of them, over all its lives. */
  readonly shown: readonly NightshiftEvent[];
  /** Task runs that a worker was asked to run after their end. */
  readonly ranAgain: readonly string[];
}

/** What a crash did to a session; both empty when nothing was lost and nothing happened twice. */
export interface Judgement {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
}

export function judge(session: Session, undisturbed: Session): Judgement {
  return {
    lost: [
      ...differences(essenceOf(undisturbed.evidence), essenceOf(session.evidence)),
      ...gaps(session.evidence),
      ...lostFromSight(session),
      ...session.evidence.runs.flatMap(unfinished),
      ...session.evidence.runs.flatMap(tornRecords),
    ],
    doubled: [
      ...session.ranAgain.map((id) => `${taskRun(id)} ran again after its end`),
      ...session.evidence.runs.flatMap(doubledInRun),
      ...doubledOutside(session.evidence),
      ...shownTwice(session.shown),
    ],
  };
}

/** What must be the same however often and wherever the session was interrupted. */
function essenceOf({ runs, model, schedule, dataset }: Evidence) {
  return {
    runs: Object.fromEntries(runs.map((run) => [run.record.flowName, essenceOfRun(run)])),
    champion: model.alias?.version,
    versions: model.versions.map(({ version, contentHash, metrics }) => ({
      version,
      contentHash,
      metrics,
    })),
    hasWeights: model.hasWeights,
    schedule: {
      paused: schedule.deployment?.paused,
      ran: schedule.ticks.filter(({ verdict }) => verdict === 'ran').length,
    },
    dataset: { ...dataset.record, stored: dataset.days },
  };
}

function essenceOfRun({ record, events, taskRuns, lines }: RunEvidence) {
  const { state, flowAttempt, verdict, modelVersion, trigger } = record;
  const inOrder = taskRuns.toSorted((a, b) => a.flowAttempt - b.flowAttempt || a.call - b.call);
  return {
    trigger: trigger.kind,
    state: state.name,
    flowAttempt,
    verdict: verdict?.summary,
    modelVersion,
    taskRuns: inOrder.map((one) => ({
      name: taskRun(one.id),
      state: one.state.name,
      label: one.result?.label,
      dependsOn: dependenciesOf(one.id, events),
    })),
    body: bodyLines(lines).map(({ message }) => message),
  };
}

const bodyLines = (lines: RunEvidence['lines']) =>
  lines.filter(({ ordinal }) => ordinal !== undefined);

function dependenciesOf(id: string, events: readonly NightshiftEvent[]): readonly string[] {
  return events.flatMap(({ body }) =>
    body.kind === 'task-run.created' && body.taskRunId === id ? body.dependsOn.map(taskRun) : [],
  );
}

/** Each place where they differ, by its path. */
function differences(expected: unknown, found: unknown, path = 'state'): readonly string[] {
  if (isDeepStrictEqual(expected, found)) return [];
  if (!isRecord(expected) || !isRecord(found))
    return [`${path}: ${shown(found)} in place of ${shown(expected)}`];
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  return keys.flatMap((key) => differences(expected[key], found[key], `${path}.${key}`));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

const streamsOf = ({
  runs,
  model,
  schedule,
}: Evidence): readonly (readonly NightshiftEvent[])[] => [
  ...runs.map(({ events }) => events),
  model.events,
  schedule.events,
];

/** No event is missing and none is out of order. */
function gaps(evidence: Evidence): readonly string[] {
  return streamsOf(evidence).flatMap((events) =>
    events.flatMap(({ seq, streamId }, i) =>
      seq === i + 1 ? [] : [`event ${i + 1} of ${streamId} is missing`],
    ),
  );
}

/** What was shown as done is still so. */
function lostFromSight({ evidence, shown }: Session): readonly string[] {
  const stored = new Map(streamsOf(evidence).flatMap((events) => events.map(entryOf)));
  return shown
    .filter((event) => !isDeepStrictEqual(stored.get(keyOf(event)), event))
    .map((event) => `${event.body.kind} (${keyOf(event)}) was shown and is not stored`);
}

const keyOf = ({ streamId, seq }: NightshiftEvent) => `${streamId} ${seq}`;
const entryOf = (event: NightshiftEvent) => [keyOf(event), event] as const;

function unfinished({ record, taskRuns, journal }: RunEvidence): readonly string[] {
  const open = taskRuns.filter((one) => one.attempts.some(({ endedAt }) => endedAt === undefined));
  return [
    ...(record.active === 0 ? [] : [`${record.flowName} has not ended`]),
    ...open.map(({ id }) => `an attempt of ${taskRun(id)} has not ended`),
    ...journal
      .filter(({ outcome }) => !outcome)
      .map(({ call }) => `call ${call} of ${record.flowName} has no outcome`),
    ...lostDeliveries(journal).map((which) => `${record.flowName} has no delivery ${which}`),
  ];
}

/** Outcomes are numbered without gaps in each flow attempt: a replay delivers them in that order. */
function lostDeliveries(journal: RunEvidence['journal']): readonly string[] {
  const attempts = [...new Set(journal.map(({ flowAttempt }) => flowAttempt))];
  return attempts.flatMap((attempt) => {
    const calls = journal.filter(({ flowAttempt }) => flowAttempt === attempt);
    const numbers = new Set(calls.map(({ outcome }) => outcome?.delivery));
    return calls.flatMap((_, i) => (numbers.has(i) ? [] : [`${i} of flow attempt ${attempt}`]));
  });
}

/** A record and the fold of its events were written together, so they say the same. */
function tornRecords({ record, events, taskRuns }: RunEvidence): readonly string[] {
  const view = foldRunEvents(events);
  const stateInView = (id: string) => view?.taskRuns.find((one) => one.id === id)?.state.name;
  return [
    ...(view?.state.name === record.state.name
      ? []
      : [`${record.flowName} is ${record.state.name}, its events say ${view?.state.name}`]),
    ...taskRuns
      .filter(({ id, state }) => stateInView(id) !== state.name)
      .map(({ id, state }) => `${taskRun(id)} is ${state.name}, its events say ${stateInView(id)}`),
  ];
}

function doubledInRun({ record, events, taskRuns, lines }: RunEvidence): readonly string[] {
  const bodies = events.map(({ body }) => body);
  const ordinals = bodyLines(lines).map(({ ordinal }) => `line ${ordinal} of ${record.flowName}`);
  return [
    ...twice(ordinals),
    ...twice(bodies.flatMap(oncePerRun)),
    ...taskRuns.flatMap(({ id, attempts }) =>
      twice(attempts.flatMap(({ state }) => (state.type === 'COMPLETED' ? [taskRun(id)] : []))),
    ),
    ...startedAfterEnd(bodies),
  ];
}

/** What may be told once only. */
function oncePerRun(body: EventBody): readonly string[] {
  switch (body.kind) {
    case 'flow-run.created':
      return [`the creation of ${body.flowName}`];
    case 'task-run.created':
      return [`the creation of ${taskRun(body.taskRunId)}`];
    case 'verdict.decided':
      return [`the verdict of ${taskRun(body.taskRunId)}`];
    case 'model.saved':
      return [`the save of ${body.model}`];
    case 'task-run.state':
      return isOver(body.state) ? [`the end of ${taskRun(body.taskRunId)}`] : [];
    default:
      return [];
  }
}

function startedAfterEnd(bodies: readonly EventBody[]): readonly string[] {
  const over = new Set<string>();
  return bodies.flatMap((body) => {
    if (body.kind === 'task-run.state' && isOver(body.state)) over.add(body.taskRunId);
    return body.kind === 'attempt.started' && over.has(body.taskRunId)
      ? [`${taskRun(body.taskRunId)} started again after its end`]
      : [];
  });
}

function doubledOutside({ runs, model, schedule }: Evidence): readonly string[] {
  const triggers = runs.map(({ record: { trigger } }) =>
    trigger.kind === 'schedule'
      ? `the run of the tick at ${trigger.dueAt}`
      : 'the run of the person',
  );
  const ticks = schedule.events.flatMap(({ body }) =>
    body.kind === 'tick.decided' ? [`the decision on the tick at ${body.dueAt}`] : [],
  );
  const versions = model.versions.map(
    ({ lineage: { taskRunId = '', ordinal } }) => `save ${ordinal} of ${taskRun(taskRunId)}`,
  );
  const promotions = model.events.flatMap(({ body }) =>
    body.kind === 'alias.moved' ? [`the promotion of version ${body.to}`] : [],
  );
  return twice([...triggers, ...ticks, ...versions, ...promotions]);
}

const shownTwice = (shown: readonly NightshiftEvent[]): readonly string[] =>
  twice(shown.map((event) => `${event.body.kind} (${keyOf(event)}) on the page`));

function twice(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const again = names.filter((name) => seen.size === seen.add(name).size);
  return [...new Set(again)].map((name) => `${name} happened twice`);
}
