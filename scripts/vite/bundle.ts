import { fileURLToPath } from 'node:url';
import { rolldown, type Plugin } from 'rolldown';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface BundleOptions {
  readonly entry: string;
  readonly format: 'es' | 'iife';
  /** Import specifiers left to the linker, under the name given. */
  readonly external?: Readonly<Record<string, string>>;
  /** Import specifiers that become empty modules. */
  readonly empty?: RegExp;
  readonly define?: Readonly<Record<string, string>>;
}

/** One self-contained, minified chunk as text; not through Vite, whose preloading needs a window. */
export async function bundle(options: BundleOptions): Promise<string> {
  const build = await rolldown({
    input: `${ROOT}${options.entry}`,
    cwd: ROOT,
    platform: 'browser',
    logLevel: 'silent',
    plugins: [rename(options)],
    preserveEntrySignatures: 'strict',
    transform: {
      target: 'es2022',
      define: { 'process.env.NODE_ENV': '"production"', ...options.define },
    },
  });
  const { output } = await build.generate({
    format: options.format,
    minify: true,
    codeSplitting: false,
    // The notices stand in third-party-licenses.txt; here they would be sent to every author worker.
    comments: false,
  });
  await build.close();
  return output[0].code;
}

const EMPTY = '\0empty';

function rename({ external = {}, empty }: BundleOptions): Plugin {
  return {
    name: 'nightshift:rename',
    resolveId(id) {
      const name = external[id];
      if (name !== undefined) return { id: name, external: true };
      return empty?.test(id) ? EMPTY : undefined;
    },
    load: (id) => (id === EMPTY ? 'export {}' : undefined),
  };
}
