import type { AuthorModule } from './author-module.ts';
import { resolveImport, type FoundTarget, type ImportTarget } from './import-target.ts';

/** What the libraries export, by specifier. A library that is absent is not checked. */
export type LibraryExports = Readonly<Record<string, readonly string[]>>;

export type ExportLookup = (target: FoundTarget) => readonly string[] | undefined;

/**
 * Looks up what a library or a file exports; undefined when that is not known: no list was given, the file could
 * not be read, or it passes on all of something unknown.
 */
export function createExportLookup(
  modules: readonly AuthorModule[],
  files: readonly string[],
  libraries: LibraryExports,
): ExportLookup {
  const lookup = (target: ImportTarget, above: readonly string[]): Names => {
    if (target.kind === 'refused') return undefined;
    if (target.kind === 'library') return libraries[target.specifier];
    // Files that pass on all of each other are a cycle, refused elsewhere: here they add nothing.
    if (above.includes(target.name)) return [];
    const module = modules.find(({ name }) => name === target.name);
    const below = [...above, target.name];
    const starred = module?.exports.stars.map((one) => lookup(resolveImport(one, files), below));
    return module && joined(module.exports.names, starred ?? []);
  };
  return (target) => lookup(target, []);
}

type Names = readonly string[] | undefined;

function joined(own: readonly string[], starred: readonly Names[]): Names {
  const names = [...own];
  for (const some of starred) {
    if (!some) return undefined;
    names.push(...some.filter((name) => name !== 'default'));
  }
  return [...new Set(names)];
}
