import type { EventBody, NightshiftEvent } from '#domain/events.ts';
import type { BenchSite } from './report.ts';
import { timedRun, type TimedRun } from './timed-run.ts';

/** Calls a task that does nothing, one after another or many at once; before that once alone, which starts its worker. */
const SOURCE = `import { flow, number, task } from 'nightshift';

const nothing = task('nothing', () => undefined);

export default flow(
  {
    name: 'no-op',
    parameters: {
      calls: number({ default: 200, min: 1, max: 10000 }),
      inFlight: number({ default: 1, min: 1, max: 1000 }),
    },
  },
  async ({ calls, inFlight }) => {
    await nothing();
    let left = calls;
    const lane = async () => {
      while (left-- > 0) await nothing();
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
  },
);
`;

interface Load extends Readonly<Record<string, number>> {
  readonly calls: number;
  readonly inFlight: number;
}

export interface NoOpRun extends TimedRun {
  /** Of the one that comes first and waits for its worker. */
  readonly firstMs: number;
  /** From the second task run's creation to the last one's end. */
  readonly tasksPerSecond: number;
  /** Of each call, when one follows the other: from its creation to the creation of the next. */
  readonly msPerTask: readonly number[];
}

export async function runNoOps(site: BenchSite, parameters: Load): Promise<NoOpRun> {
  const run = await timedRun(site, { source: SOURCE, parameters });
  const history = await site.nightshift.evaluate(
    ({ engine }, id) => engine.runHistory(id),
    run.flowRunId,
  );
  const created = instants(history?.events ?? [], isCreation);
  const ended = instants(history?.events ?? [], isEnd);
  const [before = 0, first = 0] = created;
  const last = ended.at(-1) ?? 0;
  if (ended.length !== parameters.calls + 1) throw new Error(`${ended.length} task runs ended.`);
  return {
    ...run,
    firstMs: first - before,
    tasksPerSecond: (1000 * parameters.calls) / (last - first),
    msPerTask: created.slice(1).map((at, i) => (created[i + 2] ?? last) - at),
  };
}

const isCreation = (body: EventBody): boolean => body.kind === 'task-run.created';
const isEnd = (body: EventBody): boolean =>
  body.kind === 'task-run.state' && body.state.type === 'COMPLETED';

const instants = (
  events: readonly NightshiftEvent[],
  matches: (body: EventBody) => boolean,
): readonly number[] => events.filter((event) => matches(event.body)).map((event) => event.at);
