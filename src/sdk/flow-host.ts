import type { AuthorHost } from '#domain/author-host.ts';
import { contextOf, sayingHost, type InFlow } from './common-host.ts';
import { seededRandom } from './seeded-random.ts';
import type { LineOutbox } from './line-outbox.ts';

/** What a flow body can ask: what belongs into tasks is refused. */
export function flowHost(call: InFlow, random: () => number, lines: LineOutbox): AuthorHost {
  const refuse = (what: string) => (): never => {
    throw new Error(
      `${what} belongs into a task: a flow body may be run again, a finished task is not.`,
    );
  };
  return {
    context: contextOf(call),
    random,
    ...sayingHost(lines),
    progress: async () => undefined,
    saveCheckpoint: refuse('checkpoint.save'),
    loadCheckpoint: refuse('loadCheckpoint'),
    readSnapshot: refuse('loadDataset'),
    putValue: refuse('Storing a large value'),
    getValue: refuse('Reading a large value'),
    decideGate: refuse('gate().decide'),
    saveModel: refuse('model.save'),
    loadModel: refuse('Loading a model'),
    acquireLimit: refuse('limit'),
    releaseLimit: refuse('limit'),
    openHelper: refuse('Tensor work'),
    wasm: refuse('Tensor work'),
  };
}

/** What a hook or the name function of a flow can ask. */
export const flowCallbackHost = (call: InFlow, lines: LineOutbox): AuthorHost =>
  flowHost(call, seededRandom(call.seed, call.flowRunName, 'callback'), lines);
