import type { LinkedModule } from '#domain/author-api.ts';

/** Runs as a classic worker from a blob, and must stay tiny: it is part of the frame's inline script. */
type Modules = Readonly<Record<string, LinkedModule>>;

/** The first message on the `calls` port, from the engine. */
interface Libraries {
  readonly libraries: Modules;
  readonly entry: string;
}

interface WorkerLibrary {
  start(
    ports: Ports,
    linker: { add(modules: Modules): void; load(specifier: string): unknown },
  ): void;
}

interface Ports {
  readonly calls: MessagePort;
  readonly host: MessagePort;
}

const modules: Record<string, LinkedModule> = {};
const addresses: Record<string, string> = {};

/** Blob addresses cannot form cycles: the compiler refuses those before. */
function link(specifier: string): string {
  const known = addresses[specifier];
  if (known !== undefined) return known;
  const module = modules[specifier];
  if (!module) throw new Error(`Cannot find module '${specifier}'`);
  const pieces = module.imports.map((one, i) => `${module.parts[i]}${link(one)}`);
  const text = `${pieces.join('')}${module.parts.at(-1)}\n//# sourceURL=${module.name}`;
  return (addresses[specifier] = URL.createObjectURL(
    new Blob([text], { type: 'text/javascript' }),
  ));
}

const load = (specifier: string): Promise<unknown> => import(/* @vite-ignore */ link(specifier));
const add = (more: Modules): void => void Object.assign(modules, more);

/** A worker that closes itself is silent for ever, and nobody is told: author code finds no way to. */
function forbidClose(): void {
  const refuse = (): never => {
    throw new Error('A worker does not close itself: return or throw instead.');
  };
  for (let scope: unknown = self; scope instanceof Object; scope = Object.getPrototypeOf(scope))
    if (Object.hasOwn(scope, 'close'))
      Object.defineProperty(scope, 'close', { value: refuse, configurable: false });
}

forbidClose();
onmessage = ({ data: ports }: MessageEvent<Ports>) => {
  onmessage = null;
  ports.calls.onmessage = async ({ data }: MessageEvent<Libraries>) => {
    ports.calls.onmessage = null;
    try {
      add(data.libraries);
      const library = (await load(data.entry)) as WorkerLibrary;
      library.start(ports, { add, load });
      ports.calls.postMessage({ boot: 'ready' });
    } catch (error) {
      ports.calls.postMessage({ boot: 'failed', reason: String(error) });
    }
  };
};
