import { readFileSync } from 'node:fs';
import { mix, parseHex, type Rgb } from '#tests/support/colour.ts';

export type Theme = 'light' | 'dark';
export const THEMES: readonly Theme[] = ['light', 'dark'];
export const TONES = ['running', 'success', 'failed', 'waiting', 'gate', 'neutral'] as const;
export type ToneName = (typeof TONES)[number];

const SOURCE = readFileSync('src/ui/theme/tokens.css', 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
const DECLARED = new Map(
  [...SOURCE.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value]),
);

/** The colour of a token of tokens.css, e.g. `--ink`, or within `[data-tone]` also `--tone-ink`. */
export const token = (name: string, theme: Theme, tone: ToneName = 'neutral'): Rgb =>
  colour(`var(${name})`, theme, tone);

function colour(text: string, theme: Theme, tone: ToneName): Rgb {
  const call = /^([\w-]+)\(([\s\S]*)\)$/.exec(text.trim());
  if (!call) return parseHex(text.trim());
  const parts = topLevel(call[2] ?? '');
  switch (call[1]) {
    case 'var':
      return colour(value(parts[0] ?? '', tone), theme, tone);
    case 'light-dark':
      return colour(parts[theme === 'light' ? 0 : 1] ?? '', theme, tone);
    case 'color-mix':
      return mixed(parts, theme, tone);
    default:
      throw new Error(`tokens.css uses ${call[1]}(), which this test cannot compute.`);
  }
}

/** `in srgb, <colour> <share>%, <colour>`; the share may be a token. */
function mixed(parts: readonly string[], theme: Theme, tone: ToneName): Rgb {
  const [space, first = '', second = ''] = parts;
  const share = /^([\s\S]*)\s(\d+%|var\(--[\w-]+\))$/.exec(first);
  if (space !== 'in srgb' || !share)
    throw new Error(`color-mix(${parts.join(', ')}) is not understood.`);
  const told = share[2]?.startsWith('var') ? value(share[2].slice(4, -1), tone) : (share[2] ?? '');
  return mix(
    colour(share[1] ?? '', theme, tone),
    parseFloat(told) / 100,
    colour(second, theme, tone),
  );
}

function value(name: string, tone: ToneName): string {
  if (name === '--tone') return `var(--${tone})`;
  const found = DECLARED.get(name);
  if (found === undefined) throw new Error(`tokens.css has no ${name}.`);
  return found;
}

/** Cut at the commas that stand in no inner call. */
function topLevel(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  [...text, ','].forEach((character, i) => {
    depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    if (character !== ',' || depth !== 0) return;
    parts.push(text.slice(start, i).trim());
    start = i + 1;
  });
  return parts;
}
