import { formatTime, type LogLine } from '#domain/lines.ts';
import type { Tone } from './state-look.ts';
import { visibleText } from './visible-text.ts';

export type LogRole = 'time' | 'level' | 'who' | 'message';

export interface LogPiece {
  readonly role: LogRole;
  readonly text: string;
}

/** One row on the screen: a line, or a part of one that was wrapped. */
export interface LogRow {
  readonly pieces: readonly LogPiece[];
  /** Columns of blank before it. */
  readonly indent: number;
}

const TIME = 12;
const LEVEL = 7;
/** Where the logger begins: wrapped rows hang from there when there is room. */
const HANG = TIME + 3 + LEVEL + 3;
const NARROW = 64;

interface Slice {
  readonly start: number;
  readonly end: number;
}

/** Rows a line takes at `columns` characters; cheap for the many lines that fit. */
export function rowsOf(line: LogLine, columns: number): number {
  const length = HANG + line.logger.length + 3 + line.message.length;
  if (length <= columns && columns >= NARROW && !NEEDS_CARE.test(line.message)) return 1;
  return wrap(told(line, columns), columns, hang(columns)).length;
}

/** What `visibleText` may change in length, and line ends. */
const NEEDS_CARE = /[^\u0020-\u007e]/;

/** The rows of a line, each cut into pieces by role. */
export function logRows(line: LogLine, columns: number, offsetMinutes: number): readonly LogRow[] {
  const pieces = piecesOf(line, columns, offsetMinutes);
  const whole = pieces.map((piece) => piece.text).join('');
  return wrap(whole, columns, hang(columns)).map((slice, i) => ({
    pieces: within(pieces, slice),
    indent: i === 0 ? 0 : hang(columns),
  }));
}

const hang = (columns: number): number => (columns < NARROW ? 0 : HANG);

/** The line as it is wrapped, but for the digits of its time: a date a line would cost more than all the rest. */
function told({ level, logger, message }: LogLine, columns: number): string {
  const [pad, end] = columns < NARROW ? [0, '\n'] : [LEVEL, ' '];
  const safe = NEEDS_CARE.test(logger) ? visibleText(logger) : logger;
  const said = NEEDS_CARE.test(message) ? visibleText(message) : message;
  return `00:00:00.000 | ${level.padEnd(pad)} | ${safe} -${end}${said}`;
}

/** Where there is no room to hang from, the level is not padded and the message begins a row of its own. */
function piecesOf(line: LogLine, columns: number, offsetMinutes: number): readonly LogPiece[] {
  const narrow = columns < NARROW;
  return [
    { role: 'time', text: `${formatTime(line.at, offsetMinutes)} | ` },
    { role: 'level', text: narrow ? line.level : line.level.padEnd(LEVEL) },
    { role: 'who', text: ` | ${visibleText(line.logger)} -${narrow ? '\n' : ' '}` },
    { role: 'message', text: visibleText(line.message) },
  ];
}

function wrap(whole: string, columns: number, indent: number): readonly Slice[] {
  const slices: Slice[] = [];
  let start = 0;
  do {
    const room = Math.max(8, slices.length === 0 ? columns : columns - indent);
    const end = endOfRow(whole, start, room);
    slices.push({ start, end });
    start = whole[end] === '\n' || whole[end] === ' ' ? end + 1 : end;
  } while (start < whole.length);
  return slices;
}

/** A line end, else all that is left, else the last blank that fits, else as much as fits. */
function endOfRow(whole: string, start: number, room: number): number {
  const line = whole.indexOf('\n', start);
  if (line !== -1 && line - start <= room) return line;
  if (whole.length - start <= room) return whole.length;
  const blank = whole.lastIndexOf(' ', start + room);
  return blank > start + room / 3 ? blank : start + room;
}

function within(pieces: readonly LogPiece[], { start, end }: Slice): readonly LogPiece[] {
  let at = 0;
  return pieces.flatMap(({ role, text: piece }) => {
    const cut = piece.slice(Math.max(0, start - at), Math.max(0, end - at));
    at += piece.length;
    return cut === '' ? [] : [{ role, text: cut }];
  });
}

/** Lines that tell a state carry its colour: a retry, a failed or lost end, a gate's verdict. */
export function toneOfLine({ message }: LogLine): Tone | undefined {
  if (/ - Retry \d+\/\d+ will start /.test(message)) return 'waiting';
  if (/^(promoted|rejected) \(/.test(message)) return 'gate';
  if (/^Finished in state (Failed|TimedOut|Crashed)\b/.test(message)) return 'failed';
  return undefined;
}
