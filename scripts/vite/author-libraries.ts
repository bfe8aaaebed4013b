import type { Plugin } from 'vite';
import { bundle, type BundleOptions } from './bundle.ts';
import { exportedNames, toLinkedModule } from './linked-module.ts';

const TENSORS = '@tensorflow/tfjs-core';

export interface Library extends BundleOptions {
  /** The module whose names authors may import, where it is not the entry. */
  readonly authorsSee?: string;
}

/** What author workers can import, by specifier; `nightshift:worker` is what boots them. */
export const LIBRARIES: Readonly<Record<string, Library>> = {
  nightshift: { entry: 'src/sdk/library.ts', format: 'es', authorsSee: 'src/sdk/nightshift.ts' },
  'nightshift/ml': {
    entry: 'src/ml/nightshift-ml.ts',
    format: 'es',
    external: { '#ml/tensor-library.ts': TENSORS, './tensor-library.ts': TENSORS },
  },
  [TENSORS]: { entry: 'src/ml/tensor-library.ts', format: 'es' },
  '@tensorflow/tfjs': {
    entry: 'src/ml/tfjs.ts',
    format: 'es',
    external: { [TENSORS]: TENSORS, './tensor-library.ts': TENSORS },
    empty: /^@tensorflow\/tfjs-core\/dist\//,
  },
  'nightshift:worker': {
    entry: 'src/workers/author.ts',
    format: 'es',
    external: { '#sdk/library.ts': 'nightshift' },
  },
};

const VIRTUAL = 'virtual:author-libraries';

/**
 * `virtual:author-libraries` gives the address of each library, as JSON of a LinkedModule: emitted as hashed assets in
 * a build, answered by a middleware in development.
 */
export function authorLibraries(libraries = LIBRARIES): Plugin {
  let serving = false;
  return {
    name: 'nightshift:author-libraries',
    configResolved(config) {
      serving = config.command === 'serve';
    },
    resolveId: (id) => (id === VIRTUAL ? `\0${VIRTUAL}` : undefined),
    async load(id) {
      if (id !== `\0${VIRTUAL}`) return undefined;
      const entries = await Promise.all(
        Object.entries(libraries).map(async ([name, library]) => {
          if (serving) return `${JSON.stringify(name)}: '/@nightshift/${fileName(name)}'`;
          const source = await linked(name, library);
          const reference = this.emitFile({ type: 'asset', name: fileName(name), source });
          return `${JSON.stringify(name)}: import.meta.ROLLUP_FILE_URL_${reference}`;
        }),
      );
      return `export default { ${entries.join(', ')} };`;
    },
    configureServer(server) {
      server.middlewares.use('/@nightshift/', (request, response, next) => {
        const asked = Object.entries(libraries).find(
          ([name]) => request.url === `/${fileName(name)}`,
        );
        if (!asked) return next();
        linked(...asked).then((json) => {
          response.setHeader('Content-Type', 'application/json');
          response.end(json);
        }, next);
      });
    },
  };
}

const fileName = (specifier: string): string => `lib-${specifier.replace(/[^a-z]+/g, '-')}.json`;

async function linked(name: string, options: Library): Promise<string> {
  const code = await bundle(options);
  const { authorsSee } = options;
  const seen = authorsSee === undefined ? code : await bundle({ ...options, entry: authorsSee });
  return JSON.stringify({ ...toLinkedModule(code, `${name}.js`), exports: exportedNames(seen) });
}
