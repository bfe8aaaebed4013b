import type { Problem } from '#domain/engine-api.ts';
import type { Compiler, CompileResult, Hasher } from '#domain/ports.ts';
import type { SourceFile } from '#domain/records.ts';
import { readModule, type AuthorModule } from './author-module.ts';
import { entryProblems, taskLinesOf } from './entry.ts';
import { createExportLookup, type LibraryExports } from './exported-names.ts';
import { bareName, moduleKey } from './file-names.ts';
import { cycleProblems } from './import-cycles.ts';
import { importProblems } from './import-problems.ts';
import { linkModule } from './link.ts';
import { hashSource } from './source-hash.ts';
import { taskSourcesOf } from './task-sources.ts';
import { refuseFiles } from './source-limits.ts';

export interface CompilerOptions {
  /** What `nightshift` and the other libraries export: values, not types. */
  readonly exports?: LibraryExports;
}

/** The first file is the entry. Problems come all at once, in the order of the files and their lines. */
export function createCompiler(hasher: Hasher, options: CompilerOptions = {}): Compiler {
  return {
    async compile(files) {
      const refused = refuseFiles(files);
      if (refused.length > 0) return { ok: false, problems: refused };
      const names = files.map(({ name }) => bareName(name));
      const readings = files.map(readModule);
      const modules = readings.flatMap((reading) => (reading.ok ? [reading.module] : []));
      const unreadable = readings.flatMap((reading) => (reading.ok ? [] : [reading.problem]));
      const problems = [...unreadable, ...checkModules(modules, names, options.exports ?? {})];
      if (problems.length > 0) return { ok: false, problems: inOrder(problems, names) };
      return build(hasher, files, modules);
    },
  };
}

function checkModules(
  modules: readonly AuthorModule[],
  files: readonly string[],
  libraries: LibraryExports,
): readonly Problem[] {
  const around = { files, exportedNames: createExportLookup(modules, files, libraries) };
  return [
    ...modules.flatMap((module) => importProblems(module, around)),
    ...cycleProblems(modules, files),
    ...modules.filter(({ name }) => name === files[0]).flatMap(entryProblems),
  ];
}

async function build(
  hasher: Hasher,
  files: readonly SourceFile[],
  modules: readonly AuthorModule[],
): Promise<CompileResult> {
  const names = modules.map(({ name }) => name);
  const [entry] = modules;
  if (!entry) throw new Error('A source without files was not refused');
  return {
    ok: true,
    program: {
      sourceHash: await hashSource(hasher, files),
      entry: moduleKey(entry.name),
      modules: Object.fromEntries(
        modules.map((module) => [moduleKey(module.name), linkModule(module, names)]),
      ),
    },
    taskLines: taskLinesOf(entry),
    taskSources: await taskSourcesOf(hasher, modules),
  };
}

/** What has no place comes first. */
function inOrder(problems: readonly Problem[], files: readonly string[]): readonly Problem[] {
  const file = ({ position }: Problem) => (position ? files.indexOf(position.file) : -1);
  return [...problems].sort(
    (a, b) =>
      file(a) - file(b) ||
      (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
      (a.position?.column ?? 0) - (b.position?.column ?? 0),
  );
}
