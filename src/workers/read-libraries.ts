import type { LinkedModule } from '#domain/author-api.ts';
import type { Assets } from '#domain/ports.ts';

/** A library as the build wrote it: a linked module, and the names that authors may import from it. */
interface LibraryFile extends LinkedModule {
  readonly exports?: readonly string[];
}

export interface AuthorLibraries {
  readonly libraries: Readonly<Record<string, LinkedModule>>;
  /** By specifier; one whose names are not known is not checked. */
  readonly exports: Readonly<Record<string, readonly string[]>>;
}

export async function readLibraries(
  assets: Assets,
  specifiers: readonly string[],
): Promise<AuthorLibraries> {
  const files = await Promise.all(
    specifiers.map(
      async (name) => [name, JSON.parse(await assets.text(name)) as LibraryFile] as const,
    ),
  );
  return {
    libraries: Object.fromEntries(files),
    exports: Object.fromEntries(
      files.flatMap(([name, file]) => (file.exports ? [[name, file.exports]] : [])),
    ),
  };
}
