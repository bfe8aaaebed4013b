import type { Declaration, Pattern, Program } from 'acorn';
import { nameOf } from './module-imports.ts';

export interface ModuleExports {
  /** `default` among them. */
  readonly names: readonly string[];
  /** Specifiers of `export * from '...'`. */
  readonly stars: readonly string[];
}

type Statement = Program['body'][number];

export function exportsOf(tree: Program): ModuleExports {
  return { names: tree.body.flatMap(exportedNames), stars: tree.body.flatMap(starSpecifier) };
}

function exportedNames(node: Statement): readonly string[] {
  if (node.type === 'ExportDefaultDeclaration') return ['default'];
  if (node.type === 'ExportAllDeclaration') return node.exported ? [nameOf(node.exported)] : [];
  if (node.type !== 'ExportNamedDeclaration') return [];
  if (node.declaration) return declaredNames(node.declaration);
  return node.specifiers.map(({ exported }) => nameOf(exported));
}

function starSpecifier(node: Statement): readonly string[] {
  const star = node.type === 'ExportAllDeclaration' && !node.exported;
  return star ? [String(node.source.value)] : [];
}

function declaredNames(node: Declaration): readonly string[] {
  if (node.type === 'VariableDeclaration')
    return node.declarations.flatMap(({ id }) => boundNames(id));
  return [node.id.name];
}

/** `{ a, b: [c] }` binds a and c. */
function boundNames(pattern: Pattern | null): readonly string[] {
  if (pattern?.type === 'Identifier') return [pattern.name];
  if (pattern?.type === 'ArrayPattern') return pattern.elements.flatMap(boundNames);
  if (pattern?.type === 'RestElement') return boundNames(pattern.argument);
  if (pattern?.type === 'AssignmentPattern') return boundNames(pattern.left);
  if (pattern?.type !== 'ObjectPattern') return [];
  return pattern.properties.flatMap((one) => boundNames(one.type === 'Property' ? one.value : one));
}
