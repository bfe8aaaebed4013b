import { tokenizer, type Position, type Token } from 'acorn';

/** A quote or bracket without its partner, in the author's text; `at` counts lines from 1 and columns from 0. */
export interface Unclosed {
  readonly message: string;
  readonly at: Position;
}

const OPTIONS = { ecmaVersion: 'latest', sourceType: 'module', locations: true } as const;
/** By the label of acorn's tokens. */
const CLOSER: Readonly<Record<string, string>> = { '{': '}', '${': '}', '(': ')', '[': ']' };
const CLOSERS = new Set(Object.values(CLOSER));
const ENDLESS: readonly (readonly [RegExp, string])[] = [
  [/^Unterminated string/, 'This text has no closing quote. Add it on the same line.'],
  [/^Unterminated template/, 'This text has no closing backtick. Add one where it should end.'],
  [/^Unterminated comment/, 'This comment has no end. Write */ where it should end.'],
];

/**
 * A second look at a text that could not be read. Sucrase takes a text in quotes across line ends and, short of a
 * bracket, tries other readings until it complains about an innocent arrow far above.
 * Only words and signs count here, so that types do not disturb; undefined when all have their partners.
 */
export function findUnclosed(text: string): Unclosed | undefined {
  const open: Token[] = [];
  try {
    for (const token of tokenizer(text, OPTIONS)) {
      const { label } = token.type;
      if (label in CLOSER) open.push(token);
      if (!CLOSERS.has(label)) continue;
      const opener = open.pop();
      if (!opener || CLOSER[opener.type.label] !== label) return wrongCloser(token, opener);
    }
  } catch (error) {
    return endless(error);
  }
  const last = open.at(-1);
  return last && neverClosed(last);
}

function wrongCloser(token: Token, opener: Token | undefined): Unclosed {
  const { label } = token.type;
  if (!opener)
    return {
      message: `"${label}" closes nothing here. Remove it, or open its partner before.`,
      at: startOf(token),
    };
  const open = opener.type.label;
  const since = `"${label}" cannot stand here: the "${open}" of line ${startOf(opener).line} is still open`;
  return {
    message: `${since}. Add "${CLOSER[open]}" before it, or remove it.`,
    at: startOf(token),
  };
}

function neverClosed(opener: Token): Unclosed {
  const open = opener.type.label;
  const message = `"${open}" is opened here and never closed. Add "${CLOSER[open]}" where it should end.`;
  return { message, at: startOf(opener) };
}

/** Types may mislead the tokenizer about a regular expression: only what it says about texts is believed. */
function endless(error: unknown): Unclosed | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  const message = ENDLESS.find(([pattern]) => pattern.test(error.message))?.[1];
  const at: unknown = Reflect.get(error, 'loc');
  return message !== undefined && isPosition(at) ? { message, at } : undefined;
}

const startOf = (token: Token): Position => token.loc?.start ?? { line: 1, column: 0 };

/** The `loc` of an error thrown by acorn or sucrase. */
export const isPosition = (value: unknown): value is Position =>
  typeof value === 'object' &&
  value !== null &&
  typeof Reflect.get(value, 'line') === 'number' &&
  typeof Reflect.get(value, 'column') === 'number';
