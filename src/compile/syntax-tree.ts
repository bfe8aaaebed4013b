import type { AnyNode, Expression, Node, Position, SpreadElement } from 'acorn';

/** All nodes at and below `root`, in no particular order. Not recursive: author code nests as deep as it likes. */
export function* nodesWithin(root: Node): Generator<AnyNode> {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (isNode(next)) yield next;
    // One by one: a spread of a long array overflows the stack.
    for (const child of isNode(next) || Array.isArray(next) ? Object.values(next) : [])
      if (typeof child === 'object') waiting.push(child);
  }
}

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string';

/** Nodes are parsed with locations, always. */
export const startOf = (node: Node): Position => node.loc?.start ?? { line: 1, column: 0 };
export const endOf = (node: Node): Position => node.loc?.end ?? startOf(node);

/** What a text in quotes, or in backticks without `${}`, says. */
export function textOf(node: Expression | SpreadElement | undefined): string | undefined {
  const quasi = node?.type === 'TemplateLiteral' && node.expressions.length === 0 && node.quasis[0];
  return quasi ? (quasi.value.cooked ?? undefined) : node && quotedText(node);
}

/** What a text in quotes says. */
export const quotedText = (node: Node): string | undefined =>
  isNode(node) && node.type === 'Literal' && typeof node.value === 'string'
    ? node.value
    : undefined;
