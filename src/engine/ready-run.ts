import type { AuthorWorker } from '#domain/ports.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import type { Write } from '#domain/store.ts';
import { transitionFlow, type FlowInput } from './flow-machine.ts';
import type { FlowRun } from './flow-run.ts';
import type { EnginePorts } from './ports.ts';
import { creationOf } from './run-creation.ts';
import { RunLog } from './run-log.ts';

/** A run that is checked and ready, but not created: its writes may join a commit of someone else's. */
export interface ReadyRun {
  readonly ok: true;
  readonly record: FlowRunRecord;
  readonly writes: readonly Write[];
  /** Call once the writes are durable. */
  launch(): FlowRun;
  /** Call when they could not be written. */
  drop(): void;
  /** The same run with this told in the commit that creates it. */
  after(input: FlowInput): ReadyRun;
}

interface Creation {
  readonly ports: EnginePorts;
  readonly source: Write;
  readonly pending: FlowRunRecord;
  /** Of its parameters: it exists, and ends at once. */
  readonly problems: readonly string[] | undefined;
  readonly worker: AuthorWorker;
}

/** @param input told in the commit that creates it */
export function readyRun(
  creation: Creation,
  make: (log: RunLog, record: FlowRunRecord) => FlowRun,
  input?: FlowInput,
): ReadyRun {
  const { ports, source, pending, problems, worker } = creation;
  const created = creationOf(pending, ports.runtime, problems);
  const { record, events } = input
    ? transitionFlow(created.record, input, ports.clock.now())
    : { record: created.record, events: [] };
  const log = new RunLog(ports, record);
  const told = log.prepare([...created.events, ...events]);
  return {
    ok: true,
    record,
    writes: [source, { store: 'flowRuns', op: 'add', record }, ...told.writes],
    launch() {
      told.show();
      return make(log, record);
    },
    drop: () => worker.terminate('worker terminated'),
    after: (next) => readyRun(creation, make, next),
  };
}
