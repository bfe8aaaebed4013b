import { parse } from 'acorn';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutOut } from '#compile/link.ts';
import { findCycles } from '#compile/import-cycles.ts';
import { sourceBytes } from '#compile/source-hash.ts';
import { translate } from '#compile/translate.ts';
import { compile, FLOW, problemsIn, textOf, withFlow } from '#tests/unit/compile/sources.ts';
import { mutated } from './mutations.ts';

/** Hundreds of compilations, on a machine that may be busy. */
const LONG = { timeout: 60_000 };

const FEATURES = `export * from 'nightshift';
export enum Mode { Fast = 1, Slow = 'slow' }
type Pair<A, B> = A extends infer U ? { [K in keyof A]?: U } : [A, ...B[]];
export abstract class Base<T> implements Iterable<T> {
  static #count = 0;
  constructor(private readonly x: number, public y?: string) { super(); }
  abstract run(): Promise<void>;
  get size(): number { return this.x! as number; }
  *[Symbol.iterator]() { yield* [1, 2n, /ab+c[/]/gi, \`a\${1 + 2}\`]; }
}
export function isRow(value: unknown): value is Pair<1, 2> { return <any>value satisfies unknown; }
for await (const a of await import('./flow')) { label: while (!a) break label; }
`;

/** Said to be wrong behind the end of the text. */
const FAILED_ONCE = ['import\\'];

test(
  'whatever is done to a flow, the answer is a program or problems, never a crash',
  LONG,
  async () => {
    await fc.assert(
      fc.asyncProperty(mutated(FLOW), mutated(FEATURES), async (flow, features) => {
        const result = await compile({ 'flow.ts': flow, './features.ts': features });
        if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
        for (const { message, position } of result.ok ? [] : result.problems) {
          expect(message).toMatch(/\S.*[.)};]$/s);
          if (!position) continue;
          const lines = (position.file === 'flow.ts' ? flow : features).split('\n');
          expect(position.line).toBeGreaterThanOrEqual(1);
          expect(position.line).toBeLessThanOrEqual(lines.length);
          expect(position.column).toBeGreaterThanOrEqual(1);
          expect(position.column).toBeLessThanOrEqual(lines[position.line - 1]!.length + 1);
        }
      }),
      { numRuns: 400, examples: FAILED_ONCE.map((features) => [FLOW, features]) },
    );
  },
);

test(
  'a program that is given out is JavaScript with only what is allowed in its imports',
  LONG,
  async () => {
    await fc.assert(
      fc.asyncProperty(mutated(FLOW), async (flow) => {
        const result = await compile({ 'flow.ts': flow, 'features.ts': '' });
        for (const module of result.ok ? Object.values(result.program.modules) : []) {
          expect(module.parts).toHaveLength(module.imports.length + 1);
          for (const specifier of module.imports)
            expect(['nightshift', 'nightshift/ml', '@tensorflow/tfjs', './features.ts']).toContain(
              specifier,
            );
          parse(textOf(module), { ecmaVersion: 'latest', sourceType: 'module' });
        }
      }),
      { numRuns: 200 },
    );
  },
);

test('pieces joined with what was cut out give the text back', () => {
  const cuts = fc.tuple(fc.string(), fc.array(fc.nat(), { maxLength: 12 })).map(([text, at]) => ({
    text,
    at: at.map((n) => n % (text.length + 1)).sort((a, b) => a - b),
  }));
  fc.assert(
    fc.property(cuts, ({ text, at }) => {
      const spans = at.flatMap((start, i) => (i % 2 ? [] : { start, end: at[i + 1] ?? start }));
      const parts = cutOut(text, spans);
      expect(parts).toHaveLength(spans.length + 1);
      const taken = spans.map(({ start, end }) => text.slice(start, end));
      expect(parts.map((part, i) => part + (taken[i] ?? '')).join('')).toBe(text);
    }),
  );
});

const importLine = fc.constantFrom(
  "import 'nightshift';",
  'export * from "./a.ts";',
  "const x: string = typeof (await import( './a.ts' ));",
  'import { flow as f } from "nightshift"; f("f", () => {});',
  "// import 'x'",
  'const t = `import "y"`;',
  'type T = import("./a").T;',
);

test('a program joined with its specifiers gives the translated text back', LONG, async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(importLine), async (lines) => {
      const text = withFlow(lines.join('\n'));
      const result = await compile({ 'flow.ts': text, 'a.ts': 'export {};' });
      expect(result.ok && textOf(result.program.modules['./flow.ts']!)).toBe(translate(text));
    }),
  );
});

const typed = fc.constantFrom(
  '',
  'const a1: Map<string, number> = new Map<string, number>();',
  'interface Row {\n  readonly text: string;\n}',
  'type Pair<A> = A extends infer U\n  ? [U, U]\n  : never;',
  'function f<T>(this: T,\n  b?: string): b is string { return b! as any; }',
  'class A<T> { constructor(private readonly x: T,\n  public y = 2) {} }',
  'enum Mode {\n  Fast = 1,\n  Slow,\n}',
  'declare const outside: {\n  a: string };',
  "import type {\n  Dataset,\n} from 'nightshift/ml';",
);

test('an error behind any types is placed where it stands in the TypeScript', LONG, async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(typed), fc.uniqueArray(typed), async (above, below) => {
      const lines = [...above, 'let u: Array<1>, twice = u as any, v!: string, twice: number;'];
      const text = [...lines, ...below.filter((one) => !above.includes(one))].join('\n');
      const [problem] = await problemsIn({ 'flow.ts': withFlow(text) });
      const line = lines.join('\n').split('\n').length;
      expect(problem?.position).toEqual({ file: 'flow.ts', line, column: 48 });
    }),
  );
});

const anySource = fc.array(
  fc.record({
    name: fc.constantFrom('a.ts', 'b.ts', '1:', ''),
    text: fc.string({ unit: fc.constantFrom('1', ':', '0', 'a.ts', 'ä', ''), maxLength: 8 }),
  }),
  { maxLength: 4 },
);

test('different sources are hashed as different bytes', () => {
  const hex = (bytes: ArrayBuffer) => Buffer.from(bytes).toString('hex');
  fc.assert(
    fc.property(anySource, anySource, (one, other) => {
      const equal = JSON.stringify(one) === JSON.stringify(other);
      expect(hex(sourceBytes(one)) === hex(sourceBytes(other))).toBe(equal);
    }),
    { numRuns: 2000 },
  );
});

const anyGraph = fc
  .array(fc.tuple(fc.nat({ max: 6 }), fc.nat({ max: 6 })), { maxLength: 14 })
  .map((edges) => {
    const to = (from: number) => edges.flatMap(([a, b]) => (a === from ? String(b) : []));
    return new Map(Array.from({ length: 7 }, (_, n) => [String(n), to(n)] as const));
  });

test('there are circles exactly when files cannot be put in an order, and each is a way round', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const cycles = findCycles(graph);
      expect(cycles.length === 0).toBe(canBeOrdered(graph));
      for (const cycle of cycles) {
        expect(cycle.at(0)).toBe(cycle.at(-1));
        for (const [i, name] of cycle.slice(1).entries())
          expect(graph.get(cycle[i]!)).toContain(name);
      }
    }),
  );
});

/** Takes away whoever imports nothing that is left, until nobody is left or nobody can go. */
function canBeOrdered(graph: ReadonlyMap<string, readonly string[]>): boolean {
  const left = new Map(graph);
  for (let size = -1; size !== left.size;) {
    size = left.size;
    for (const [name, next] of left) if (!next.some((one) => left.has(one))) left.delete(name);
  }
  return left.size === 0;
}
