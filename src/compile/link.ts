import type { LinkedModule } from '#domain/author-api.ts';
import type { AuthorModule } from './author-module.ts';
import { moduleKey } from './file-names.ts';
import { resolveImport } from './import-target.ts';

interface Span {
  readonly start: number;
  readonly end: number;
}

/** What lies between spans that are in order and apart: one piece more than there are spans. */
export function cutOut(text: string, spans: readonly Span[]): readonly string[] {
  const starts = [0, ...spans.map(({ end }) => end)];
  return starts.map((start, i) => text.slice(start, spans[i]?.start));
}

/** Ready for addresses. Files are imported by their key, however the author wrote them: one file, one instance. */
export function linkModule(module: AuthorModule, files: readonly string[]): LinkedModule {
  return {
    name: module.name,
    parts: cutOut(module.code, module.imports),
    imports: module.imports.map(({ specifier }) => {
      const target = resolveImport(specifier, files);
      return target.kind === 'file' ? moduleKey(target.name) : specifier;
    }),
  };
}
