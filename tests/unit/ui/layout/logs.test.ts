import { describe, expect, it } from 'vitest';
import type { LogLine } from '#domain/lines.ts';
import {
  indexLines,
  LINES_AT_ONCE,
  shownAfter,
  windowOf,
  type LogFilter,
  type LogIndex,
  type LogIndexInput,
} from '#ui/layout/log-index.ts';
import { logRows, rowsOf, toneOfLine } from '#ui/layout/log-rows.ts';
import { visibleText } from '#ui/layout/visible-text.ts';
import { LINES, TASK_NAMES } from '#tests/unit/ui/line-examples.ts';

const line = (message: string): LogLine => ({
  kind: 'log',
  at: 0,
  level: 'INFO',
  logger: 'x',
  message,
});
const input = (filter: LogFilter = {}, lines = LINES, columns = 120): LogIndexInput => ({
  lines,
  taskNames: TASK_NAMES,
  filter,
  columns,
});
const written = (one: LogLine, columns: number) =>
  logRows(one, columns, 0).map(
    (row) => ' '.repeat(row.indent) + row.pieces.map((piece) => piece.text).join(''),
  );

describe('a log line on the screen', () => {
  it('has the form HH:MM:SS.mmm | LEVEL   | logger - message', () =>
    expect(written(line('hello'), 80)).toEqual(['00:00:00.000 | INFO    | x - hello']));

  it('wraps at blanks and hangs from the logger', () =>
    expect(written(line(`${'word '.repeat(10)}end`), 70)).toEqual([
      '00:00:00.000 | INFO    | x - word word word word word word word word',
      '                         word word end',
    ]));

  it('puts the message below its origin where there is no room to hang from', () =>
    expect(written(line('Finished in state Completed()'), 30)).toEqual([
      '00:00:00.000 | INFO | x -',
      'Finished in state Completed()',
    ]));

  it('breaks a word that is longer than a row', () =>
    expect(written(line('a'.repeat(100)), 70).map((row) => row.length)).toEqual([28, 70, 70, 35]));

  it('keeps line ends of the message', () => expect(written(line('one\ntwo'), 80)).toHaveLength(2));

  it.each([line('short'), line('word '.repeat(40)), line('a\nb'), line('\u202etxt'), ...LINES])(
    'takes as many rows as are counted for it (%#)',
    (one) => {
      for (const columns of [20, 40, 64, 80, 120])
        expect(logRows(one, columns, 0)).toHaveLength(rowsOf(one, columns));
    },
  );

  it('carries the colour of the state it tells of', () => {
    expect(LINES.map(toneOfLine).filter(Boolean)).toEqual(['waiting', 'waiting', 'gate']);
    expect(toneOfLine(line("Finished in state Failed('x')"))).toBe('failed');
  });
});

describe('text of a stranger', () => {
  it('shows control and bidi characters instead of obeying them', () =>
    expect(visibleText('a\u001b[31m\u202eb\u200b\tc')).toBe('a\\x1b[31m\\u202eb\\u200b  c'));
});

describe('filtering lines', () => {
  const shown = (filter: LogFilter) => indexLines(undefined, input(filter)).shown;

  it('shows all without a filter', () => expect(shown({})).toHaveLength(LINES.length));
  it('by task', () => expect(shown({ task: 'extract' })).toEqual([1, 2, 3]));
  it('by attempt', () => expect(shown({ task: 'extract', attempt: 2 })).toEqual([2]));
  it('by level and what is graver', () => expect(shown({ level: 'WARNING' })).toEqual([4]));
  it('by text, upper or lower case', () => expect(shown({ text: 'PROMOTED' })).toEqual([7, 8]));
});

describe('the index of lines', () => {
  const many = Array.from({ length: 100_000 }, (_, i) =>
    line(i % 10 === 0 ? 'word '.repeat(40) : `line ${i}`),
  );

  const wholeIndex = (lines: readonly LogLine[]): LogIndex => {
    let index: LogIndex | undefined;
    do index = indexLines(index, input({}, lines));
    while (index.seen < lines.length);
    return index;
  };

  it('looks at a long log in several goes', () => {
    expect(indexLines(undefined, input({}, many)).seen).toBe(LINES_AT_ONCE);
    expect(wholeIndex(many).shown).toHaveLength(many.length);
  });

  it('looks only at the lines that were added', () => {
    let looks = 0;
    const counted = many.slice(0, 50).map((one) => ({
      ...one,
      get message() {
        looks++;
        return 'x';
      },
    }));
    const first = indexLines(undefined, input({}, counted.slice(0, 40)));
    looks = 0;
    const second = indexLines(first, input({}, counted));
    expect(second.shown).toHaveLength(50);
    expect(looks).toBeLessThanOrEqual(3 * 10);
  });

  it('starts anew when the filter, the width or the beginning of the log changed', () => {
    const first = indexLines(undefined, input());
    expect(indexLines(first, input({ task: 'extract' })).shown).toHaveLength(3);
    expect(indexLines(first, input({}, LINES, 40)).rows).toBeGreaterThan(first.rows);
    expect(indexLines(first, input({}, LINES.slice(1))).shown).toHaveLength(LINES.length - 1);
  });

  it('mounts only what is in view, of 100,000 lines', () => {
    const index = wholeIndex(many);
    const { from, to, top } = windowOf(index, 5000, 5040);
    expect(to - from).toBeLessThanOrEqual(41);
    expect(top).toBeLessThanOrEqual(5000);
    expect(index.tops[to] ?? Infinity).toBeGreaterThan(5040);
  });

  it('counts the lines shown that came later', () => {
    expect(shownAfter(indexLines(undefined, input()), 8)).toBe(2);
    expect(shownAfter(indexLines(undefined, input({ task: 'extract' })), 2)).toBe(2);
  });

  it('covers the first and the last row', () => {
    const index = indexLines(undefined, input());
    expect(windowOf(index, -10, 5)).toMatchObject({ from: 0, top: 0 });
    expect(windowOf(index, index.rows - 1, index.rows + 20).to).toBe(LINES.length);
    expect(windowOf(indexLines(undefined, input({}, [])), 0, 40)).toEqual({
      from: 0,
      to: 0,
      top: 0,
    });
  });
});
