import { parse, type Node } from 'acorn';
import type { LinkedModule } from '#domain/author-api.ts';

interface Literal {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/**
 * Splits a module's text at its import specifiers, so that the sandbox only joins pieces and needs no parser.
 */
export function toLinkedModule(code: string, name: string): LinkedModule {
  const specifiers = importSpecifiers(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }));
  const parts: string[] = [];
  let at = 0;
  for (const specifier of specifiers) {
    parts.push(code.slice(at, specifier.start + 1));
    at = specifier.end - 1;
  }
  return { name, parts: [...parts, code.slice(at)], imports: specifiers.map((one) => one.value) };
}

/** Names that a module exports; undefined when it passes on all of another's. */
export function exportedNames(code: string): readonly string[] | undefined {
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
  if (program.body.some((node) => node.type === 'ExportAllDeclaration')) return undefined;
  return program.body.flatMap((node) =>
    node.type === 'ExportNamedDeclaration'
      ? node.specifiers.map(({ exported }) =>
          'name' in exported ? exported.name : String(exported.value),
        )
      : [],
  );
}

function importSpecifiers(program: Node): readonly Literal[] {
  const found: Literal[] = [];
  visit(program, (node) => {
    const takes = /^(Import(Declaration|Expression)|Export(Named|All)Declaration)$/.test(node.type);
    const literal = takes ? literalOf((node as { source?: SourceNode | null }).source) : undefined;
    if (literal) found.push(literal);
  });
  return found.sort((a, b) => a.start - b.start);
}

type SourceNode = Node & {
  readonly value?: unknown;
  readonly quasis?: readonly { readonly value: { readonly cooked?: string | null } }[];
};

/** `'x'`, or `` `x` `` as minifiers write it. */
function literalOf(source: SourceNode | null | undefined): Literal | undefined {
  if (!source) return undefined;
  const template = source.quasis?.length === 1 ? source.quasis[0]?.value.cooked : undefined;
  const value = typeof source.value === 'string' ? source.value : template;
  return typeof value === 'string' ? { start: source.start, end: source.end, value } : undefined;
}

function visit(node: Node, each: (node: Node) => void): void {
  each(node);
  for (const child of Object.values(node).flat() as unknown[])
    if (isNode(child)) visit(child, each);
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
