import type { EventBody, NightshiftEvent } from '#domain/events.ts';
import type { JournalRecord } from '#domain/records.ts';
import { asFlowRunId, runStream } from '#domain/ids.ts';
import { isOver } from '#domain/states.ts';
import type { Durability, StoreName, Write } from '#domain/store.ts';

/** Records that only stand beside the event that tells of them. */
const TOLD_BY_EVENTS: ReadonlySet<StoreName> = new Set([
  'flows',
  'flowRuns',
  'taskRuns',
  'verdicts',
  'checkpoints',
  'modelVersions',
  'aliases',
  'deployments',
  'ticks',
]);

/**
 * Names what a commit writes, in words that are the same in every run of the same flows. What is not known here is named
 * by its store: a feature that writes something new has its points without a line here.
 */
export class WriteNames {
  readonly #flows = new Map<string, string>();

  /** One name for each thing that is written; several when transitions share a commit. */
  of(writes: readonly Write[], durability: Durability = 'relaxed'): readonly string[] {
    const tellsEvents = writes.some(({ store }) => store === 'events');
    const names = writes.flatMap((write) => this.#nameOf(write, tellsEvents) ?? []);
    const besidesLines = names.filter((name) => name !== LINES);
    const unique = [...new Set(besidesLines.length > 0 ? besidesLines : names)];
    return durability === 'strict' ? unique.map((name) => withStrict(name)) : unique;
  }

  #nameOf(write: Write, tellsEvents: boolean): string | undefined {
    if (write.op === 'delete') return tellsEvents ? undefined : `${write.store}: deleted`;
    if (write.store === 'events') return this.#nameOfEvent(write.record);
    if (write.store === 'lines') return LINES;
    if (tellsEvents && TOLD_BY_EVENTS.has(write.store)) return undefined;
    switch (write.store) {
      case 'journal':
        return this.#nameOfCall(write.record);
      case 'values':
        return tellsEvents ? undefined : 'value put';
      case 'datasetDays':
        return `dataset ${write.record.dataset}: days`;
      case 'datasets':
        return `dataset ${write.record.name}: seeded`;
      case 'settings':
        return `setting ${write.record.key}`;
      default:
        return `${write.store}: ${write.op}`;
    }
  }

  /** The name of the flow that a run is of. */
  flowOf(flowRunId: string): string {
    return this.#flows.get(runStream(asFlowRunId(flowRunId))) ?? flowRunId;
  }

  #nameOfEvent({ streamId, seq, body }: NightshiftEvent): string | undefined {
    if (body.kind === 'flow-run.created') {
      this.#flows.set(streamId, body.flowName);
      return `flow ${body.flowName}: flow-run.created`;
    }
    if (body.kind === 'flow-run.state')
      return `flow ${this.#flows.get(streamId) ?? streamId}: ${body.state.name}`;
    if (body.kind === 'schedule.paused' && seq === 1) return 'deployment: created';
    return nameOfBody(body);
  }

  #nameOfCall({ operation, call, flowRunId, outcome }: JournalRecord): string | undefined {
    // A task's call is opened with its creation and closed with its end.
    if (operation === 'task') return undefined;
    return `flow ${this.flowOf(flowRunId)}: ${operation} ${outcome ? 'closed' : 'opened'} (call ${call})`;
  }
}

const LINES = 'lines flushed';

/** Only what is asked to be strict is so named, not what shares its commit. */
const withStrict = (name: string) => (name.includes('promoted') ? `${name} (strict)` : name);

function nameOfBody(body: EventBody): string | undefined {
  switch (body.kind) {
    case 'task-run.created':
      return `${taskRun(body.taskRunId)}: task-run.created`;
    case 'task-run.state':
      return nameOfState(body);
    case 'attempt.started':
      // The first starts inside Running.
      return body.attempt === 1
        ? undefined
        : `${taskRun(body.taskRunId)}: attempt ${body.attempt} started`;
    case 'attempt.ended':
      return undefined;
    case 'checkpoint.saved':
      return `${taskRun(body.taskRunId)}: checkpoint`;
    case 'verdict.decided':
      return `${taskRun(body.taskRunId)}: verdict`;
    case 'model.saved':
      return `model ${body.model}: version ${body.version} promoted`;
    case 'alias.moved':
      return undefined;
    case 'schedule.set':
      return 'deployment: schedule set';
    case 'schedule.paused':
      return `deployment: ${body.paused ? 'paused' : 'not paused'}`;
    case 'tick.decided':
      return `deployment: tick ${body.verdict}`;
    default:
      // Of a feature that is younger than this list.
      return (body as EventBody).kind;
  }
}

function nameOfState({
  taskRunId,
  state,
  attempt,
}: Extract<EventBody, { kind: 'task-run.state' }>): string {
  if (isOver(state)) return `${taskRun(taskRunId)}: ${state.name} with its journal outcome`;
  if (state.name === 'Running') return `${taskRun(taskRunId)}: Running, attempt 1 started`;
  return `${taskRun(taskRunId)}: ${state.name} after attempt ${attempt}`;
}

/** `extract-0`, or `count-0 (flow attempt 2)`. */
export function taskRun(id: string): string {
  const [, flowAttempt, name] = id.split('/');
  return flowAttempt === '1' ? String(name) : `${name} (flow attempt ${flowAttempt})`;
}
