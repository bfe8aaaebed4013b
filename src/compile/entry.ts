import type { Problem } from '#domain/engine-api.ts';
import type { CompileResult } from '#domain/ports.ts';
import type { AuthorModule } from './author-module.ts';
import { definitionsOf } from './definitions.ts';
import { endOf, startOf } from './syntax-tree.ts';

export type TaskLines = Extract<CompileResult, { ok: true }>['taskLines'];

/** Where tasks are defined; of two with one name the first. */
export function taskLinesOf({ tree }: AuthorModule): TaskLines {
  const named = definitionsOf(tree, 'task').flatMap(({ name, node }) =>
    name === undefined ? [] : [{ name, first: startOf(node).line, last: endOf(node).line }],
  );
  const isFirst = ({ name }: { name: string }, i: number) =>
    named.findIndex((other) => other.name === name) === i;
  return Object.fromEntries(
    named.filter(isFirst).map(({ name, first, last }) => [name, { first, last }]),
  );
}

/** The entry must say which flow to run. */
export function entryProblems({
  name,
  text,
  tree,
  exports,
  place,
}: AuthorModule): readonly Problem[] {
  if (exports.names.includes('default')) return [];
  const flow = definitionsOf(tree, 'flow').at(-1);
  const position = place(flow ? startOf(flow.node) : { line: 1, column: 0 });
  if (flow)
    return [{ message: `${noDefault(name)} Add export default ${flow.variable};`, position }];
  const what = text.trim() === '' ? `${name} is empty.` : noDefault(name);
  return [{ message: `${what} ${EXAMPLE}`, position }];
}

const noDefault = (name: string): string =>
  `${name} has no default export, so there is no flow to run.`;

const EXAMPLE =
  "Write export default flow({ name: 'my-flow' }, async () => { ... }), with import { flow } from 'nightshift'.";
