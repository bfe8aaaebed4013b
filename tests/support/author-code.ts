import { AsyncLocalStorage } from 'node:async_hooks';
import { runInThisContext } from 'node:vm';
import { transform } from 'sucrase';
import type { AuthorWorkerApi, Program } from '#domain/author-api.ts';
import { provideHost } from '#domain/author-host.ts';
import type { HostCaller } from '#domain/host-caller.ts';
import type { SourceFile } from '#domain/records.ts';
import { codec } from '#rpc/codec.ts';
import * as nightshift from '#sdk/nightshift.ts';
import * as smallMl from './small-ml.ts';
import { capturePrints, createRunner, served, useScope } from '#sdk/library.ts';
import type { Served } from '#sdk/scope.ts';

/** Makes a flow; called once in each simulated worker, as a module is evaluated once in each real one. */
type FlowFactory = () => nightshift.Flow;

const factories: FlowFactory[] = [];
const FACTORY = /^flow factory (\d+)$/;

/** A source whose module is a function of the test: its closures are shared by all simulated workers. */
export function sourceOf(factory: FlowFactory): readonly SourceFile[] {
  return [{ name: 'flow.ts', text: `flow factory ${factories.push(factory) - 1}` }];
}

export const isFactorySource = ([file]: readonly SourceFile[]): boolean =>
  file !== undefined && FACTORY.test(file.text);

/** Who is served where: each simulated worker follows its own code through every await. */
const scope = new AsyncLocalStorage<Served>();
useScope({
  current: () => scope.getStore(),
  run: (served, body) => scope.run(served, body),
});
provideHost(() => served()?.host);

let loading: Promise<unknown> = Promise.resolve();

/** The author's side of a simulated worker: the real runner over real author code. */
export function authorCode(host: HostCaller): AuthorWorkerApi {
  const world = workerWorld();
  const runner = createRunner({
    codec,
    host,
    evaluate: async (program) => evaluate(program, world),
    bind(random, now) {
      world.Math.random = random;
      world.now = now ?? Date.now;
    },
  });
  // Definitions are per worker in reality; here one worker loads after the other.
  const load: AuthorWorkerApi['load'] = (program) => {
    const reply = loading.then(() => runner.load(program));
    loading = reply;
    return reply;
  };
  return { ...runner, load };
}

interface World {
  readonly console: Pick<Console, 'log' | 'info' | 'debug' | 'warn' | 'error'>;
  readonly Math: Math;
  now: () => number;
}

/** The globals that differ from worker to worker. */
function workerWorld(): World {
  const quiet = () => undefined;
  const console = { log: quiet, info: quiet, debug: quiet, warn: quiet, error: quiet };
  capturePrints(console as unknown as Console);
  const math = Object.defineProperties({}, Object.getOwnPropertyDescriptors(Math)) as Math;
  return { console, Math: math, now: Date.now };
}

function dateOf(world: World): DateConstructor {
  const now = () => world.now();
  return new Proxy(Date, {
    construct: (target, args: []) => Reflect.construct(target, args.length ? args : [now()]),
    get: (target, key) => (key === 'now' ? now : (Reflect.get(target, key) as unknown)),
  });
}

type Exports = Record<string, unknown>;

function evaluate(program: Program, world: World): Exports {
  const [, factory] = FACTORY.exec(program.modules[program.entry]?.parts[0] ?? '') ?? [];
  if (factory !== undefined) return { default: factories[Number(factory)]?.() };
  const evaluated = new Map<string, Exports>([
    ['nightshift', nightshift],
    ['nightshift/ml', smallMl],
  ]);
  const load = (specifier: string): Exports => {
    const known = evaluated.get(specifier);
    if (known) return known;
    const exports: Exports = {};
    evaluated.set(specifier, exports);
    const module = program.modules[specifier];
    if (!module) throw new Error(`Cannot find module '${specifier}'`);
    const text = module.parts.map((part, i) => part + (module.imports[i] ?? '')).join('');
    const { code } = transform(text, { transforms: ['imports'] });
    const body = `(function(require,exports,console,Math,Date){${code}\n})`;
    const run = runInThisContext(body, { filename: module.name }) as (...args: unknown[]) => void;
    run(load, exports, world.console, world.Math, dateOf(world));
    return exports;
  };
  return load(program.entry);
}
