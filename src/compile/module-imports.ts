import type {
  ExportSpecifier,
  Expression,
  Identifier,
  ImportDeclaration,
  Literal,
  Position,
  Program,
} from 'acorn';
import { nodesWithin, startOf, quotedText } from './syntax-tree.ts';

/** One specifier in a module's text: of `import`, `export ... from` or `import('...')`. */
export interface ModuleImport {
  readonly specifier: string;
  /** Offsets of what stands between the quotes. */
  readonly start: number;
  readonly end: number;
  readonly at: Position;
  /** What it takes by name; `default` for a default import. */
  readonly names: readonly ImportedName[];
  /** Whether it has `with { ... }`. */
  readonly attributes: boolean;
}

export interface ImportedName {
  readonly name: string;
  readonly at: Position;
  /** `export { name } from`, where types do not vanish by themselves. */
  readonly passedOn: boolean;
}

/** In the order of the text. */
export function importsOf(tree: Program): readonly ModuleImport[] {
  return [...staticImports(tree), ...dynamicImports(tree)].sort((a, b) => a.start - b.start);
}

function staticImports(tree: Program): readonly ModuleImport[] {
  return tree.body.flatMap((node) => {
    if (node.type === 'ImportDeclaration')
      return moduleImport(node.source, node.attributes.length > 0, importedNames(node));
    if (node.type === 'ExportAllDeclaration')
      return moduleImport(node.source, node.attributes.length > 0);
    if (node.type !== 'ExportNamedDeclaration' || !node.source) return [];
    return moduleImport(node.source, node.attributes.length > 0, node.specifiers.map(passedOn));
  });
}

function dynamicImports(tree: Program): readonly ModuleImport[] {
  return [...nodesWithin(tree)].flatMap((node) =>
    node.type === 'ImportExpression' ? moduleImport(node.source, Boolean(node.options)) : [],
  );
}

function moduleImport(
  source: Expression,
  attributes: boolean,
  names: readonly ImportedName[] = [],
): readonly ModuleImport[] {
  const specifier = quotedText(source);
  if (specifier === undefined) return [];
  const [start, end] = [source.start + 1, source.end - 1];
  return [{ specifier, start, end, at: startOf(source), names, attributes }];
}

function importedNames(node: ImportDeclaration): readonly ImportedName[] {
  return node.specifiers.flatMap((specifier) => {
    const at = startOf(specifier);
    if (specifier.type === 'ImportNamespaceSpecifier') return [];
    if (specifier.type === 'ImportDefaultSpecifier')
      return { name: 'default', at, passedOn: false };
    return { name: nameOf(specifier.imported), at, passedOn: false };
  });
}

const passedOn = ({ local }: ExportSpecifier): ImportedName => ({
  name: nameOf(local),
  at: startOf(local),
  passedOn: true,
});

export const nameOf = (node: Identifier | Literal): string =>
  node.type === 'Identifier' ? node.name : String(node.value);
