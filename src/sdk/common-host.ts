import type { AuthorHost } from '#domain/author-host.ts';
import type { LineOutbox } from './line-outbox.ts';
import { outboxHere } from './outbox-here.ts';

/** What every call to an author worker says of its flow run. */
export interface InFlow {
  readonly flowRunId: string;
  readonly flowRunName: string;
  readonly parameters: AuthorHost['context']['parameters'];
  readonly seed: number;
  readonly scheduledFor?: number;
}

export const contextOf = ({
  flowRunId,
  flowRunName,
  parameters,
  seed,
  scheduledFor,
}: InFlow): AuthorHost['context'] => ({ flowRunId, flowRunName, parameters, seed, scheduledFor });

/** What flow bodies and tasks say alike. */
export const sayingHost = (lines: LineOutbox): Pick<AuthorHost, 'log' | 'metric' | 'artifact'> => ({
  log: (level, message) => lines.push({ kind: 'log', level, message }),
  metric: (series, step, values) => lines.push({ kind: 'metric', series, step, values }),
  artifact: async (content, named = {}) => {
    await outboxHere('An artifact')?.send({ method: 'artifact', content, ...named }).kept;
  },
});
