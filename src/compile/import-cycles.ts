import type { Problem } from '#domain/engine-api.ts';
import type { AuthorModule } from './author-module.ts';
import { resolveImport } from './import-target.ts';

/** Addresses of linked modules are made one after the other, imported ones first: a circle has no first. */
export function cycleProblems(
  modules: readonly AuthorModule[],
  files: readonly string[],
): readonly Problem[] {
  const targets = (module: AuthorModule) => importedFiles(module, files);
  const graph = new Map(
    modules.map((module) => [module.name, targets(module).map(({ to }) => to)]),
  );
  return findCycles(graph).map((cycle) => {
    const [from, to] = cycle.slice(-2);
    const closing = modules.find(({ name }) => name === from);
    const at = closing && targets(closing).find((one) => one.to === to)?.at;
    return { message: describeCycle(cycle), ...(at && { position: closing.place(at) }) };
  });
}

function importedFiles({ imports }: AuthorModule, files: readonly string[]) {
  return imports.flatMap(({ specifier, at }) => {
    const target = resolveImport(specifier, files);
    return target.kind === 'file' ? [{ to: target.name, at }] : [];
  });
}

function describeCycle(cycle: readonly string[]): string {
  if (cycle.length === 2) return `${cycle[0]} imports itself. Remove this import.`;
  return `These files import each other in a circle: ${cycle.join(' -> ')}. Move what they share into a file of its own.`;
}

/** Each import that closes a circle, as the way round: `[a, b, a]`. */
export function findCycles(
  graph: ReadonlyMap<string, readonly string[]>,
): readonly (readonly string[])[] {
  const cycles: (readonly string[])[] = [];
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) cycles.push([...path.slice(path.indexOf(name)), name]);
    if (path.includes(name) || done.has(name)) return;
    for (const next of new Set(graph.get(name))) visit(next, [...path, name]);
    done.add(name);
  };
  for (const name of graph.keys()) visit(name, []);
  return cycles;
}
