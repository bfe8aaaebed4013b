export type TokenKind = 'keyword' | 'string' | 'number' | 'comment' | 'function' | 'plain';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const KEYWORDS = new Set(
  (
    'as async await break case catch class const continue default delete do else export extends false finally for from ' +
    'function if import in instanceof interface let new null of return satisfies super switch this throw true try type ' +
    'typeof undefined var void while yield'
  ).split(' '),
);

const COMMENT = String.raw`\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`;
const QUOTED = String.raw`'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?`;
const TEMPLATE = '`(?:\\\\[\\s\\S]|[^`\\\\])*`?';
const NUMBER = String.raw`(?<![\w$])(?:0[xob][\da-f_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:e[+-]?\d+)?)n?`;
const WORD = String.raw`[\p{L}$_][\p{L}\p{N}$_]*`;
/** Only where a value may begin, so that a division is not taken for one. */
const REGEX = String.raw`(?<=[(,=:[!&|?{};]\s*|return\s+)\/(?![*/])(?:\\.|\[[^\]\n]*\]|[^/\\\n[])+\/[a-z]*`;

const TOKENS = new RegExp(
  `(?<comment>${COMMENT})|(?<string>${QUOTED}|${TEMPLATE}|${REGEX})|(?<number>${NUMBER})|(?<word>${WORD})`,
  'giu',
);

/** TypeScript cut into coloured tokens, line by line; joined again it is the text. For colour only: it never fails. */
export function highlight(source: string): readonly (readonly Token[])[] {
  const lines: Token[][] = [[]];
  for (const { kind, text } of tokens(source)) {
    text.split('\n').forEach((part, i) => {
      if (i > 0) lines.push([]);
      if (part !== '') lines.at(-1)?.push({ kind, text: part });
    });
  }
  return lines;
}

function* tokens(source: string): Generator<Token> {
  let at = 0;
  for (const match of source.matchAll(TOKENS)) {
    if (match.index > at) yield { kind: 'plain', text: source.slice(at, match.index) };
    at = match.index + match[0].length;
    yield { kind: kindOf(match, source.slice(at, at + 1)), text: match[0] };
  }
  if (at < source.length) yield { kind: 'plain', text: source.slice(at) };
}

function kindOf({ groups, 0: text }: RegExpExecArray, next: string): TokenKind {
  if (groups?.['comment'] !== undefined) return 'comment';
  if (groups?.['string'] !== undefined) return 'string';
  if (groups?.['number'] !== undefined) return 'number';
  if (KEYWORDS.has(text)) return 'keyword';
  return next === '(' ? 'function' : 'plain';
}
