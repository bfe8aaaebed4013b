import type { AliasMoved, ModelEvent, NightshiftEvent } from './events.ts';

export type ModelHistory = readonly NightshiftEvent<ModelEvent>[];

/**
 * Versions that were the champion, one on another: the last is it now. A promotion adds one, a rollback takes away what
 * was promoted since.
 */
export function champions(history: ModelHistory): readonly number[] {
  const stack: number[] = [];
  for (const { to, rollback } of championMoves(history)) {
    if (rollback) unwind(stack, to);
    else stack.push(to);
  }
  return stack;
}

function unwind(stack: number[], to: number): void {
  while (stack.length > 0 && stack.at(-1) !== to) stack.pop();
  if (stack.length === 0) stack.push(to);
}

/** What a rollback leads to; undefined when no earlier champion is left. */
export function rollbackTarget(
  history: ModelHistory,
  isThere: (version: number) => boolean,
): number | undefined {
  const stack = champions(history);
  const now = stack.at(-1);
  return stack.findLast((version) => version !== now && isThere(version));
}

/** The champion just before an instant; undefined when there was none. */
export const championBefore = (history: ModelHistory, at: number): number | undefined =>
  championMoves(history.filter((event) => event.at < at)).at(-1)?.to;

/** Every version that the history names: their numbers are never given again. */
export const versionsNamed = (history: ModelHistory): readonly number[] =>
  history.map(({ body }) => {
    switch (body.kind) {
      case 'alias.moved':
        return body.to;
      case 'alias.removed':
        return body.from;
      case 'version.imported':
      case 'version.deleted':
        return body.version;
      default:
        // Of a newer Nightshift.
        return 0;
    }
  });

const championMoves = (history: ModelHistory): readonly AliasMoved[] =>
  history.flatMap(({ body }) =>
    body.kind === 'alias.moved' && body.alias === 'champion' ? [body] : [],
  );
