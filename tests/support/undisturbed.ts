import type { NightshiftEvent } from '#domain/events.ts';
import type { LossCause } from '#domain/failures.ts';
import type { Line } from '#domain/lines.ts';
import type { ArtifactRecord, AttemptRecord } from '#domain/records.ts';

/** What an attempt is lost to when its engine goes. */
const CAUSE: LossCause = 'engine stopped or tab closed';

export const isSuspended = ({ failure }: Pick<AttemptRecord, 'failure'>): boolean =>
  failure?.kind === 'lost' && failure.cause === CAUSE;

/** Attempts that ended because their engine did: their numbers by task run, ascending. */
type Suspended = ReadonlyMap<string, readonly number[]>;

function suspendedIn(events: readonly NightshiftEvent[]): Suspended {
  const found = new Map<string, number[]>();
  for (const { body } of events)
    if (body.kind === 'attempt.ended' && isSuspended(body))
      found.set(body.taskRunId, [...(found.get(body.taskRunId) ?? []), body.attempt]);
  return found;
}

const wasSuspended = (
  suspended: Suspended,
  taskRunId: string | undefined,
  attempt: number,
): boolean => taskRunId !== undefined && (suspended.get(taskRunId)?.includes(attempt) ?? false);

/** The word that an end of the engine leaves in a run; author workers that die leave another. */
export const isRecoveryFromSuspension = ({ body }: NightshiftEvent): boolean =>
  (body.kind === 'task-run.state' || body.kind === 'flow-run.state') &&
  body.state.name === 'Recovering' &&
  (body.state.message ?? '').includes(CAUSE);

/** The events of a run as if its engine had lived on: without the attempts that ended with it, and without recoveries. */
export function undisturbedEvents(events: readonly NightshiftEvent[]): readonly NightshiftEvent[] {
  const suspended = suspendedIn(events);
  const lived = events.filter((event) => !isOfSuspension(event, suspended));
  const numbers = artifactNumbers(lived);
  return lived.map((event) => {
    const body = renumbered(event.body, suspended);
    if (body.kind !== 'artifact.saved') return { ...event, body };
    return { ...event, body: { ...body, number: numbers.get(body.number) ?? NaN } };
  });
}

/** The artifacts of a run as if its engine had lived on. */
export function undisturbedArtifacts(
  artifacts: readonly ArtifactRecord[],
  events: readonly NightshiftEvent[],
): readonly ArtifactRecord[] {
  const suspended = suspendedIn(events);
  const lived = events.filter((event) => !isOfSuspension(event, suspended));
  const numbers = artifactNumbers(lived);
  return artifacts.flatMap((artifact) => {
    const number = numbers.get(artifact.number);
    return number === undefined ? [] : [{ ...artifact, number }];
  });
}

/** What each artifact would have been the how-manieth of its run, by the number it has. */
function artifactNumbers(events: readonly NightshiftEvent[]): ReadonlyMap<number, number> {
  const numbers = new Map<number, number>();
  for (const { body } of events)
    if (body.kind === 'artifact.saved' && !numbers.has(body.number))
      numbers.set(body.number, numbers.size + 1);
  return numbers;
}

function isOfSuspension(event: NightshiftEvent, suspended: Suspended): boolean {
  const { body } = event;
  switch (body.kind) {
    case 'attempt.started':
    case 'attempt.ended':
    case 'artifact.saved':
    case 'author.event':
      return wasSuspended(suspended, body.taskRunId, body.attempt);
    default:
      return isRecoveryFromSuspension(event);
  }
}

function renumbered(body: NightshiftEvent['body'], suspended: Suspended): NightshiftEvent['body'] {
  if (!('taskRunId' in body) || !('attempt' in body)) return body;
  const { attempt, taskRunId } = body;
  if (attempt === undefined || taskRunId === undefined) return body;
  const before = suspended.get(taskRunId)?.filter((one) => one < attempt) ?? [];
  return { ...body, attempt: attempt - before.length };
}

/** Lines as if nothing had been said twice or about a recovery. */
export function undisturbedLines(
  lines: readonly Line[],
  events: readonly NightshiftEvent[],
): readonly Line[] {
  const suspended = suspendedIn(events);
  return lines.filter((line) => {
    const { taskRunId, attempt = 0 } = line;
    if (wasSuspended(suspended, taskRunId, attempt)) return false;
    return !(line.kind === 'log' && line.level === 'WARNING' && line.message.startsWith(CAUSE));
  });
}
