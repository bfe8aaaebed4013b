import type { LinkedModule } from '#domain/author-api.ts';
import { provideHost } from '#domain/author-host.ts';
import { codec } from '#rpc/codec.ts';
import { expose } from '#rpc/expose.ts';
import { callHost } from '#rpc/host-port.ts';
import { HEARTBEAT_EVERY_MS } from '#rpc/silence.ts';
import { capturePrints, createRunner, served } from '#sdk/library.ts';

interface Ports {
  readonly calls: MessagePort;
  readonly host: MessagePort;
}

interface Linker {
  add(modules: Readonly<Record<string, LinkedModule>>): void;
  load(specifier: string): Promise<{ readonly default?: unknown }>;
}

/** Called by the boot script of an author worker, inside the sandbox. */
export function start(ports: Ports, linker: Linker): void {
  setInterval(() => ports.host.postMessage({ heartbeat: true }), HEARTBEAT_EVERY_MS);
  provideHost(() => served()?.host);
  capturePrints(console);
  const runner = createRunner({
    codec,
    host: callHost(ports.host),
    evaluate(program) {
      linker.add(program.modules);
      return linker.load(program.entry);
    },
    bind(random, now) {
      Math.random = random;
      if (now) bindDate(now);
    },
  });
  expose(runner, ports.calls);
}

/** A flow body that is replayed must read the same instants again; tasks keep the real time. */
function bindDate(now: () => number): void {
  const Real = Date;
  globalThis.Date = new Proxy(Real, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
    get: (target, key) => (key === 'now' ? now : (Reflect.get(target, key) as unknown)),
  });
}
