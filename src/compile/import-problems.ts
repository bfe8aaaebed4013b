import type { AnyNode } from 'acorn';
import type { Problem } from '#domain/engine-api.ts';
import type { AuthorModule } from './author-module.ts';
import { resolveImport, WHAT_IS_ALLOWED, type FoundTarget } from './import-target.ts';
import type { ImportedName, ModuleImport } from './module-imports.ts';
import { nodesWithin, quotedText, startOf } from './syntax-tree.ts';

/** The flow around a module. */
export interface Surroundings {
  /** Bare names of all its files, also of those that could not be read. */
  readonly files: readonly string[];
  /** Names a target exports; undefined when that is not known. */
  readonly exportedNames: (target: FoundTarget) => readonly string[] | undefined;
}

/** Everything a module imports that it cannot have. */
export function importProblems(module: AuthorModule, around: Surroundings): readonly Problem[] {
  return [
    ...module.imports.flatMap((one) => problemsOf(one, module, around)),
    ...unlinkable(module),
  ];
}

function problemsOf(
  one: ModuleImport,
  module: AuthorModule,
  around: Surroundings,
): readonly Problem[] {
  const target = resolveImport(one.specifier, around.files);
  const here = (message: string): Problem => ({ message, position: module.place(one.at) });
  if (target.kind === 'refused') return [here(target.reason)];
  const attributes = one.attributes ? [here(NO_ATTRIBUTES)] : [];
  return [...attributes, ...missingNames(one.names, target, module, around)];
}

function missingNames(
  names: readonly ImportedName[],
  target: FoundTarget,
  module: AuthorModule,
  around: Surroundings,
): readonly Problem[] {
  const known = around.exportedNames(target);
  if (!known) return [];
  return names
    .filter(({ name }) => !known.includes(name))
    .map((name) => ({
      message: describeMissing(name, target, known),
      position: module.place(name.at),
    }));
}

function describeMissing(
  missing: ImportedName,
  target: FoundTarget,
  known: readonly string[],
): string {
  const owner = target.kind === 'library' ? target.specifier : target.name;
  const what = missing.name === 'default' ? 'default export' : `export '${missing.name}'`;
  const has = known.length === 0 ? 'it exports nothing' : `it has ${known.join(', ')}`;
  return `${owner} has no ${what}: ${has}. ${whatNext(missing, target)}`;
}

function whatNext({ name, passedOn }: ImportedName, target: FoundTarget): string {
  if (passedOn) return `Correct the name or, if it is a type, write export type { ${name} }.`;
  if (name === 'default') return 'Import one of its names, in braces: import { ... }.';
  return target.kind === 'library' ? 'Correct the name.' : 'Correct the name, or export it there.';
}

/** Imports whose address is not in the text: nothing could be put in its place. */
function unlinkable(module: AuthorModule): readonly Problem[] {
  return [...nodesWithin(module.tree)].flatMap((node) => {
    const message = whyUnlinkable(node);
    return message ? [{ message, position: module.place(startOf(node)) }] : [];
  });
}

function whyUnlinkable(node: AnyNode): string | undefined {
  if (node.type === 'ImportExpression' && quotedText(node.source) === undefined)
    return `import(...) needs a name in plain quotes. ${WHAT_IS_ALLOWED}`;
  return node.type === 'MetaProperty' && node.meta.name === 'import' ? NO_META : undefined;
}

const NO_ATTRIBUTES = 'An import in a flow cannot have "with { ... }". Remove that part.';
const NO_META =
  'import.meta does not exist in a flow: its files have no address. ' +
  "Remove it, and get data with loadDataset from 'nightshift/ml'.";
