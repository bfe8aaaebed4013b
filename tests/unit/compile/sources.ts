import { createHash } from 'node:crypto';
import { asContentHash } from '#domain/ids.ts';
import type { LinkedModule, Program } from '#domain/author-api.ts';
import type { Problem } from '#domain/engine-api.ts';
import type { CompileResult, Hasher } from '#domain/ports.ts';
import type { SourceFile } from '#domain/records.ts';
import { createCompiler } from '#compile/compiler.ts';

/** Sources for tests of the compiler, and what it says about them. */
export const FLOW = `import { flow, number, task } from 'nightshift';
import { type Dataset, gate, loadDataset, SentimentModel } from 'nightshift/ml';

interface Row {
  readonly text: string;
}

const extract = task({ name: 'extract', retries: 2, retryDelaySeconds: 5 }, () =>
  loadDataset('reviews'),
);
const train = task('train', ({ train }: Dataset) => SentimentModel.fit(train));
export const promote = task(
  'promote',
  async (model: SentimentModel, accuracy: number, atLeast: number) => {
    const verdict = await gate({ accuracy: { atLeast } }).decide({ accuracy });
    if (verdict.promoted) await model.save('sentiment');
    return verdict.summary;
  },
);

export default flow(
  { name: 'retrain', parameters: { threshold: number({ default: 0.9, min: 0, max: 1 }) } },
  async ({ threshold }) => {
    const rows: Row[] = [];
    const model = await train(await extract());
    console.log(rows.length, await promote(model, 0.9, threshold));
  },
);
`;

/** The shortest flow there is, after whatever the test is about. */
export const withFlow = (text: string): string =>
  `${text}\nimport { flow } from 'nightshift';\nexport default flow('f', () => {});\n`;

const EXPORTS = {
  nightshift: ['flow', 'number', 'task'],
  'nightshift/ml': ['SentimentModel', 'gate', 'loadDataset'],
};

export const sha256: Hasher = {
  hash: async (bytes) =>
    asContentHash(`sha256-${createHash('sha256').update(new Uint8Array(bytes)).digest('hex')}`),
};

const compiler = createCompiler(sha256, { exports: EXPORTS });

/** Texts by file name, the entry first. */
export type Texts = Readonly<Record<string, string>>;

export const filesOf = (texts: Texts): readonly SourceFile[] =>
  Object.entries(texts).map(([name, text]) => ({ name, text }));

export const compile = (texts: Texts): Promise<CompileResult> => compiler.compile(filesOf(texts));

export async function problemsIn(texts: Texts): Promise<readonly Problem[]> {
  const result = await compile(texts);
  return result.ok ? [] : result.problems;
}

/** `flow.ts:3:10 message`, or the message alone. */
export async function saidAbout(texts: Texts): Promise<readonly string[]> {
  return (await problemsIn(texts)).map(({ message, position }) =>
    position ? `${position.file}:${position.line}:${position.column} ${message}` : message,
  );
}

/** @throws Error with what was refused */
export async function programOf(texts: Texts): Promise<Program> {
  const result = await compile(texts);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.program;
}

/** A module with specifiers in place of addresses. */
export const textOf = ({ parts, imports }: LinkedModule): string =>
  parts.map((part, i) => part + (imports[i] ?? '')).join('');
