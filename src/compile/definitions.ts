import type {
  CallExpression,
  Expression,
  Node,
  ObjectExpression,
  Program,
  SpreadElement,
  VariableDeclaration,
} from 'acorn';
import { nameOf } from './module-imports.ts';
import { textOf } from './syntax-tree.ts';

/** A top-level `const variable = task(...)`. */
export interface Definition {
  readonly variable: string;
  /** As far as the text says it: the first argument, or `name` in it. */
  readonly name?: string;
  /** The whole statement, or one variable of several. */
  readonly node: Node;
  /** The second argument: its function, or what names it. */
  readonly body?: Expression | SpreadElement;
}

/** In the order of the text. */
export function definitionsOf(tree: Program, kind: 'task' | 'flow'): readonly Definition[] {
  const isMaker = makersOf(tree, kind);
  return tree.body.flatMap((statement) => {
    const exported =
      statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (exported?.type !== 'VariableDeclaration') return [];
    return inDeclaration(exported, statement, isMaker);
  });
}

type IsMaker = (callee: CallExpression['callee']) => boolean;

function inDeclaration(
  { declarations }: VariableDeclaration,
  statement: Node,
  isMaker: IsMaker,
): readonly Definition[] {
  return declarations.flatMap((node) => {
    if (node.id.type !== 'Identifier') return [];
    if (node.init?.type !== 'CallExpression' || !isMaker(node.init.callee)) return [];
    const name = nameIn(node.init.arguments[0]);
    const whole = declarations.length === 1 ? statement : node;
    const body = node.init.arguments[1];
    return [
      {
        variable: node.id.name,
        node: whole,
        ...(name !== undefined && { name }),
        ...(body && { body }),
      },
    ];
  });
}

/** Recognises `task`, what its import renamed it to (`{ task as t }`), and `nightshift.task`. */
function makersOf(tree: Program, kind: string): IsMaker {
  const names = tree.body
    .flatMap((node) => (node.type === 'ImportDeclaration' ? node.specifiers : []))
    .filter((one) => one.type === 'ImportSpecifier' && nameOf(one.imported) === kind)
    .map(({ local }) => local.name);
  return (callee) => {
    if (callee.type === 'Identifier') return names.includes(callee.name);
    const property = callee.type === 'MemberExpression' && !callee.computed && callee.property;
    return property && property.type === 'Identifier' && property.name === kind;
  };
}

function nameIn(argument: Expression | SpreadElement | undefined): string | undefined {
  return argument?.type === 'ObjectExpression' ? nameProperty(argument) : textOf(argument);
}

function nameProperty({ properties }: ObjectExpression): string | undefined {
  for (const property of properties) {
    if (property.type !== 'Property' || property.computed) continue;
    const { key } = property;
    const isName = (key.type === 'Identifier' || key.type === 'Literal') && nameOf(key) === 'name';
    if (isName) return textOf(property.value);
  }
  return undefined;
}
