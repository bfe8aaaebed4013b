import { parse, type Program } from 'acorn';
import type { Problem } from '#domain/engine-api.ts';
import type { SourceFile } from '#domain/records.ts';
import { bareName } from './file-names.ts';
import { exportsOf, type ModuleExports } from './module-exports.ts';
import { importsOf, type ModuleImport } from './module-imports.ts';
import { syntaxProblem } from './syntax-problem.ts';
import { createDirectPlacer, createPlacer, translate, type Placer } from './translate.ts';

/** A file of the flow that could be read. */
export interface AuthorModule {
  /** Bare: `features.ts`. */
  readonly name: string;
  /** TypeScript, as the author wrote it. */
  readonly text: string;
  /** JavaScript, on the author's lines. */
  readonly code: string;
  readonly tree: Program;
  readonly imports: readonly ModuleImport[];
  readonly exports: ModuleExports;
  readonly place: Placer;
}

export type Reading =
  | { readonly ok: true; readonly module: AuthorModule }
  | { readonly ok: false; readonly problem: Problem };

/** Never throws: whatever the parsers throw is about the author's text. */
export function readModule(file: SourceFile): Reading {
  const name = bareName(file.name);
  let code: string;
  try {
    code = translate(file.text);
  } catch (error) {
    // Sucrase counts columns from 1.
    const direct = createDirectPlacer(name, file.text);
    const place: Placer = ({ line, column }) => direct({ line, column: column - 1 });
    return { ok: false, problem: syntaxProblem(file, error, place) };
  }
  return parseModule(file, code);
}

/** Sucrase lets much pass that is no JavaScript, and browsers then say what is wrong but not where. */
function parseModule(file: SourceFile, code: string): Reading {
  const name = bareName(file.name);
  const place = createPlacer(name, file.text);
  let tree: Program;
  try {
    tree = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  } catch (error) {
    return { ok: false, problem: syntaxProblem(file, error, place) };
  }
  const [imports, exports] = [importsOf(tree), exportsOf(tree)];
  return { ok: true, module: { name, text: file.text, code, tree, imports, exports, place } };
}
