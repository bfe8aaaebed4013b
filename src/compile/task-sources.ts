import type { Expression, Pattern, Program, SpreadElement } from 'acorn';
import type { ContentHash } from '#domain/ids.ts';
import type { Hasher, TaskInputName, TaskSource } from '#domain/ports.ts';
import type { AuthorModule } from './author-module.ts';
import { definitionsOf, type Definition } from './definitions.ts';
import { resolveImport } from './import-target.ts';
import { sourceBytes } from './source-hash.ts';

/** What the text says of each task, by its name; of two with one name the first. */
export async function taskSourcesOf(
  hasher: Hasher,
  modules: readonly AuthorModule[],
): Promise<Readonly<Record<string, TaskSource>>> {
  const entries: (readonly [string, TaskSource])[] = [];
  for (const module of modules)
    for (const definition of definitionsOf(module.tree, 'task'))
      if (definition.name !== undefined)
        entries.push([definition.name, await sourceOf(hasher, definition, module, modules)]);
  return Object.fromEntries(entries.reverse());
}

async function sourceOf(
  hasher: Hasher,
  definition: Definition,
  module: AuthorModule,
  modules: readonly AuthorModule[],
): Promise<TaskSource> {
  const body = functionOf(definition.body, module.tree);
  return {
    inputs: body ? body.params.map(inputName) : [],
    hash: await hashOf(hasher, [definition, body], module, modules),
  };
}

/** Over the compiled text of the definition, of the function it names, and of every file of the flow that it imports. */
function hashOf(
  hasher: Hasher,
  nodes: readonly (Definition | FunctionNode | undefined)[],
  module: AuthorModule,
  modules: readonly AuthorModule[],
): Promise<ContentHash> {
  const own = nodes.flatMap((one) => (one ? [rangeOf(one)] : []));
  const imported = importedBy(module, modules).map(({ name, code }) => ({ name, text: code }));
  const texts = own.map(({ start, end }) => ({ name: '', text: module.code.slice(start, end) }));
  return hasher.hash(sourceBytes([...texts, ...imported]));
}

const rangeOf = (one: Definition | FunctionNode) => ('node' in one ? one.node : one);

/** Files that a module imports, and those that they import, by name. */
function importedBy(module: AuthorModule, modules: readonly AuthorModule[]): AuthorModule[] {
  const names = modules.map(({ name }) => name);
  const found = new Set<AuthorModule>();
  const waiting = [module];
  for (let next = waiting.pop(); next; next = waiting.pop())
    for (const { specifier } of next.imports) {
      const target = resolveImport(specifier, names);
      const file = target.kind === 'file' && modules.find(({ name }) => name === target.name);
      if (!file || file === module || found.has(file)) continue;
      found.add(file);
      waiting.push(file);
    }
  return [...found].sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface FunctionNode {
  readonly params: readonly Pattern[];
  readonly start: number;
  readonly end: number;
}

/** The function itself, or the one at top level that an identifier names. */
function functionOf(
  body: Expression | SpreadElement | undefined,
  tree: Program,
): FunctionNode | undefined {
  if (body?.type === 'ArrowFunctionExpression' || body?.type === 'FunctionExpression') return body;
  if (body?.type !== 'Identifier') return undefined;
  for (const statement of tree.body) {
    const declared =
      statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declared?.type === 'FunctionDeclaration' && declared.id.name === body.name) return declared;
    if (declared?.type !== 'VariableDeclaration') continue;
    const variable = declared.declarations.find(
      ({ id }) => id.type === 'Identifier' && id.name === body.name,
    );
    if (variable?.init && variable.init.type !== 'Identifier')
      return functionOf(variable.init, tree);
  }
  return undefined;
}

/** A destructured parameter has no name of its own: its place stands for it. */
function inputName(pattern: Pattern, position: number): TaskInputName {
  if (pattern.type === 'Identifier') return { name: pattern.name };
  if (pattern.type === 'RestElement')
    return { ...inputName(pattern.argument, position), rest: true };
  if (pattern.type !== 'AssignmentPattern') return { name: `argument ${position + 1}` };
  const { name } = inputName(pattern.left, position);
  const { right } = pattern;
  const isPlain =
    right.type === 'Literal' && (right.value === null || PLAIN.has(typeof right.value));
  return isPlain ? { name, default: right.value as TaskInputName['default'] } : { name };
}

const PLAIN: ReadonlySet<string> = new Set(['string', 'number', 'boolean']);
