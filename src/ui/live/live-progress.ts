import type { NightshiftEvent } from '#domain/events.ts';

/** Progress (0..1) of the attempts that are on, by task run and attempt. */
export type LiveProgress = Readonly<Record<string, number>>;

export const progressKey = (taskRunId: string, attempt: number): string =>
  `${taskRunId}/${attempt}`;

/** What was reported since the last stride; attempts that ended in it report no more. */
export function withProgress(
  progress: LiveProgress,
  reported: ReadonlyMap<string, number>,
  events: readonly NightshiftEvent[],
): LiveProgress {
  const ended = new Set(
    events.flatMap(({ body }) =>
      body.kind === 'attempt.ended' ? [progressKey(body.taskRunId, body.attempt)] : [],
    ),
  );
  if (reported.size === 0 && ![...ended].some((key) => key in progress)) return progress;
  const all = [...Object.entries(progress), ...reported];
  return Object.fromEntries(all.filter(([key]) => !ended.has(key)));
}
