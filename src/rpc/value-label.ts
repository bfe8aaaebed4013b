import type { Reference } from '#domain/author-host.ts';
import { showValue } from '#domain/show-value.ts';

const MAX = 80;

/** A few words about a value for people: `0.928`, `"promoted (acc=0.928)"`, `1,440 train / 360 held-out reviews`. */
export function labelOf(value: unknown, prepared: unknown): string {
  const label = referenceLabel(prepared) ?? plainLabel(value);
  return label.length <= MAX ? label : `${label.slice(0, MAX - 1)}…`;
}

function referenceLabel(prepared: unknown): string | undefined {
  if (typeof prepared !== 'object' || prepared === null || !('reference' in prepared))
    return undefined;
  return (prepared.reference as Reference).label;
}

function plainLabel(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(Number(value.toPrecision(4)));
  if (value === null || typeof value !== 'object') return showValue(value);
  if (Array.isArray(value)) return `list of ${value.length}`;
  const name = value.constructor?.name ?? 'Object';
  return name === 'Object' ? `{ ${Object.keys(value).slice(0, MAX).join(', ')} }` : name;
}
