import type { Position } from 'acorn';
import type { Problem } from '#domain/engine-api.ts';
import type { SourcePosition } from '#domain/failures.ts';
import type { SourceFile } from '#domain/records.ts';
import { bareName } from './file-names.ts';
import { createDirectPlacer, type Placer } from './translate.ts';
import { findUnclosed, isPosition } from './unclosed.ts';

/** What to do about the parsers' messages that people meet; the others say where, and that must do. */
const NEXT: readonly (readonly [RegExp, string])[] = [
  [/'await' outside an async|await.*async function/i, 'Write async before the function around it.'],
  [/already been declared|Duplicate export/, 'Rename or remove one of the two.'],
  [/Unexpected character '@'/, 'Decorators are not supported: write task(...) around a function.'],
  [/^Export '.*' is not defined/, 'Define it in this file, or take it out of the export.'],
  [/^Assigning to rvalue/, 'Left of = stands a variable; a function is written with =>.'],
  [/^Unterminated/, 'Close it.'],
  [/outside of function/, 'Move it into a function.'],
];
const ELSEWHERE = 'Correct it here or just before: a bracket, comma or quote may be missing.';

/** A thrown thing of a parser as a problem. `place` tells the author's position from the parser's. */
export function syntaxProblem(file: SourceFile, thrown: unknown, place: Placer): Problem {
  const name = bareName(file.name);
  if (isFullStack(thrown)) return { message: tooDeep(name) };
  const unclosed = findUnclosed(file.text);
  if (unclosed) {
    const position = createDirectPlacer(name, file.text)(unclosed.at);
    return { message: unclosed.message, position };
  }
  const at = locationOf(thrown);
  if (!at) return { message: describeSurprise(name, thrown) };
  const position = place(at);
  const said = messageOf(thrown).replace(/\s*\(\d+:\d+\)$/, '');
  return { message: describeSyntax(said, tokenAt(file.text, position)), position };
}

function describeSyntax(said: string, token: string): string {
  // A property without its colon could be a method: sucrase waits for "(", the author means another sign.
  const [unexpected, expected] = /^Unexpected token(?:, expected (?:"\("|(.*)))?$/.exec(said) ?? [];
  const next = NEXT.find(([pattern]) => pattern.test(said))?.[1] ?? ELSEWHERE;
  if (unexpected === undefined) return `${said}. ${next}`;
  if (token === '') return 'The file ends too early. Finish its last statement.';
  return `Unexpected ${token}${expected ? ` where ${expected} should be` : ''}. ${next}`;
}

/** Both parsers are small and meet text they are not written for. */
const describeSurprise = (name: string, thrown: unknown): string =>
  `${name} could not be read as TypeScript, and the parser cannot say where it went wrong ` +
  `(${messageOf(thrown)}). Undo the last change, or look for a sign that does not belong there.`;

const tooDeep = (name: string): string =>
  `${name} is nested too deeply to be read. Take the innermost parts out into constants or functions.`;

/** In the words of Chromium and WebKit, and of Firefox. */
const isFullStack = (thrown: unknown): boolean =>
  /call stack|too much recursion/i.test(messageOf(thrown));

/** The word or sign that stands there, in quotes; empty at the end of the file. */
function tokenAt(text: string, { line, column }: SourcePosition): string {
  const rest = text
    .split('\n')
    .slice(line - 1)
    .join('\n')
    .slice(column - 1);
  const [token = ''] = /[\w$]+|\S/u.exec(rest) ?? [];
  return token && `"${token.slice(0, 40)}"`;
}

const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

function locationOf(thrown: unknown): Position | undefined {
  const loc: unknown = thrown instanceof Error ? Reflect.get(thrown, 'loc') : undefined;
  return isPosition(loc) ? loc : undefined;
}
