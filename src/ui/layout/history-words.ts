import type { ModelEvent } from '#domain/events.ts';
import { assertNever } from '#domain/assert-never.ts';

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** `Champion v2 to v3`, `Rolled back: champion v3 to v2` */
export function historySentence(event: ModelEvent): string {
  switch (event.kind) {
    case 'alias.moved': {
      const { alias, from, to, rollback } = event;
      const way = from === undefined ? `v${to}` : `v${from} to v${to}`;
      return `${rollback ? 'Rolled back: ' : ''}${rollback ? alias : capital(alias)} ${way}`;
    }
    case 'alias.removed':
      return `v${event.from} is no longer the ${event.alias}`;
    case 'version.imported':
      return `v${event.version} imported`;
    case 'version.deleted':
      return `v${event.version} deleted`;
    default:
      return assertNever(event);
  }
}

/** Why, as it was given. */
export function historyReason(event: ModelEvent): string {
  if (event.kind === 'alias.moved' || event.kind === 'alias.removed') return event.reason;
  return event.kind === 'version.imported' ? `from ${event.file}` : '';
}
