import type { Problem } from '#domain/engine-api.ts';
import type { Tone } from './state-look.ts';

export interface LineMark {
  /** Lines counted from 1, both inclusive. */
  readonly first: number;
  readonly last: number;
  readonly tone: 'running' | 'waiting' | 'failed' | 'done';
}

export interface LineNote {
  readonly tone?: Tone;
  readonly wrong: boolean;
}

/** What is to be shown at each line; of marks that overlap the last wins. */
export function lineNotes(
  lines: number,
  marks: readonly LineMark[],
  problems: readonly Problem[],
): readonly LineNote[] {
  return Array.from({ length: lines }, (_, i) => {
    const mark = marks.findLast(({ first, last }) => first <= i + 1 && i + 1 <= last);
    const wrong = problems.some(({ position }) => position?.line === i + 1);
    return mark ? { tone: mark.tone === 'done' ? 'success' : mark.tone, wrong } : { wrong };
  });
}

/** UTF-16 offset of a line and column, both counted from 1; beyond the end: the end. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return Math.min(text.length, before + Math.min(column - 1, lines[line - 1]?.length ?? 0));
}
