import type { AuthorHost, Snapshot } from '#domain/author-host.ts';
import { refuseTooLong } from '#domain/codec.ts';
import type { TaskCall } from '#domain/author-api.ts';
import type { Verdict } from '#domain/gate.ts';
import type { HostRequest } from '#domain/host-api.ts';
import type { HostCaller } from '#domain/host-caller.ts';
import { asContentHash, type ContentHash } from '#domain/ids.ts';
import { contextOf, sayingHost } from './common-host.ts';
import type { LineOutbox } from './line-outbox.ts';
import { ProgressReports } from './progress-reports.ts';
import { seededRandom } from './seeded-random.ts';
import { RunFailure } from './thrown.ts';

type TaskOrCallback = Omit<TaskCall, 'arguments' | 'upstream'>;

/** What a task attempt can ask, spelled as messages to the engine. */
export function taskHost(call: TaskOrCallback, caller: HostCaller, lines: LineOutbox): AuthorHost {
  const ask = <T>(request: HostRequest, transfer?: Transferable[]) =>
    askEngine<T>(caller, request, transfer);
  const progress = new ProgressReports(call.fault, ask);
  let gates = 0;
  let saves = 0;
  return {
    context: {
      ...contextOf(call),
      task: {
        taskRunId: call.taskRunId,
        name: call.task,
        attempt: call.attempt,
        ...(call.fault ? { fault: call.fault } : {}),
      },
    },
    random: seededRandom(call.seed, call.task, call.taskRunName, call.attempt),
    ...sayingHost(lines),
    progress: (fraction, checkpoint) => progress.report(fraction, checkpoint),
    saveCheckpoint: (make, fraction) => progress.saveCheckpoint(make, fraction),
    loadCheckpoint: async () => {
      const bytes = await ask<ArrayBuffer | undefined>({ method: 'loadCheckpoint' });
      return bytes && new Uint8Array(bytes);
    },
    readSnapshot: (request) => ask<Snapshot>({ method: 'readSnapshot', ...request }),
    putValue: async (bytes) => {
      refuseTooLong('The value', bytes.byteLength);
      return asContentHash(await ask<string>({ method: 'putValue', bytes: bytes.slice().buffer }));
    },
    getValue: async (hash: ContentHash) =>
      new Uint8Array(await ask<ArrayBuffer>({ method: 'getValue', hash })),
    decideGate: (conditions, metrics) =>
      ask<Verdict>({
        method: 'decideGate',
        ordinal: gates++,
        conditions: conditions.map((one) => ({ ...one })),
        metrics: { ...metrics },
      }),
    saveModel: ({ metrics, data, ...rest }) =>
      ask({
        method: 'saveModel',
        ordinal: saves++,
        metrics: { ...metrics },
        ...(data ? { data } : {}),
        ...rest,
      }),
    loadModel: (model, which) => ask({ method: 'loadModel', model, which }),
    acquireLimit: (request) => ask<number>({ method: 'acquireLimit', ...request }),
    releaseLimit: (lease) => ask({ method: 'releaseLimit', lease }),
    openHelper: async () => {
      const { port1, port2 } = new MessageChannel();
      if (await ask<boolean>({ method: 'openHelper', port: port2 }, [port2])) return port1;
      port1.close();
      return undefined;
    },
    wasm: () => ask<ArrayBuffer>({ method: 'wasm' }),
  };
}

/** @throws RunFailure when the engine refuses */
async function askEngine<T>(
  caller: HostCaller,
  request: HostRequest,
  transfer?: Transferable[],
): Promise<T> {
  const reply = await caller.ask(request, transfer);
  if (reply.ok) return reply.value as T;
  throw new RunFailure(reply.failure);
}
