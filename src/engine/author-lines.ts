import type { HostRequest } from '#domain/host-api.ts';
import type { Line } from '#domain/lines.ts';

type SentLine = Extract<HostRequest, { method: 'lines' }>['lines'][number];

/** Lines as author code sent them, with who said them and when. Their numbers count within one call only: they go. */
export const saidBy = (
  lines: readonly SentLine[],
  logger: string,
  origin: Pick<Line, 'at' | 'taskRunId' | 'attempt'>,
): readonly Line[] =>
  lines.map(({ ordinal: _, ...line }) =>
    line.kind === 'log' ? { ...line, ...origin, logger } : { ...line, ...origin },
  );
