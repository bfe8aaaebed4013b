import type { AuthorWorkerApi, Program } from '#domain/author-api.ts';
import type { Failure, LossCause } from '#domain/failures.ts';
import type { HostCaller } from '#domain/host-caller.ts';
import type {
  AuthorWorker,
  AuthorWorkers,
  HostHandler,
  Lost,
  OpenedWorker,
} from '#domain/ports.ts';
import { parseCallbackReply, parseLoadReply, parseOutcome } from '#domain/author-replies.ts';
import { callHost, HostServer } from '#rpc/host-port.ts';
import { portPair } from './port-pair.ts';

/** Makes the author's side of a simulated worker, which asks the engine through `host` and may `die`. */
export type AuthorSide = (host: HostCaller, die: () => void) => AuthorWorkerApi;

/**
 * Author workers in this thread. Everything between them and the engine is as it is over real ports: copies, the real
 * `host` port, parsed replies, silence after the end. What cannot be had here is the end of code that never yields.
 */
export class InProcessWorkers implements AuthorWorkers {
  readonly #authorSide: AuthorSide;
  readonly #now: () => number;
  readonly alive = new Set<InProcessWorker>();
  opened = 0;
  /** While set, no worker starts. */
  refusal: Failure | undefined;

  constructor(authorSide: AuthorSide, now: () => number) {
    this.#authorSide = authorSide;
    this.#now = now;
  }

  async open(program: Program): Promise<OpenedWorker> {
    if (this.refusal) return { ok: false, failure: this.refusal };
    this.opened++;
    const worker = new InProcessWorker(this.#authorSide, this.#now, () =>
      this.alive.delete(worker),
    );
    this.alive.add(worker);
    const loaded = await worker.load(program);
    if (loaded.ok) return { ok: true, worker, loaded };
    worker.terminate('worker terminated');
    return loaded;
  }
}

class InProcessWorker implements AuthorWorker {
  readonly #api: AuthorWorkerApi;
  readonly #host: HostServer;
  readonly #onEnd: () => void;
  readonly #pending = new Set<(lost: Lost) => void>();
  #lost: LossCause | undefined;

  constructor(authorSide: AuthorSide, now: () => number, onEnd: () => void) {
    const [enginePort, authorPort] = portPair();
    this.#host = new HostServer(enginePort, now);
    this.#api = authorSide(callHost(authorPort), () => this.terminate('worker terminated'));
    this.#onEnd = onEnd;
  }

  get isAlive(): boolean {
    return this.#lost === undefined;
  }

  async load(program: Program) {
    return parseLoadReply(structuredClone(await this.#api.load(structuredClone(program))));
  }

  runFlow: AuthorWorker['runFlow'] = (call, host) =>
    this.#serve(
      host,
      () => this.#api.runFlow(structuredClone(call)),
      (reply) => parseOutcome(reply, 'the flow'),
    );

  runTask: AuthorWorker['runTask'] = (call, host) =>
    this.#serve(
      host,
      () => this.#api.runTask(structuredClone(call)),
      (reply) => parseOutcome(reply, call.taskRunName),
    );

  callBack: AuthorWorker['callBack'] = (call, host) =>
    this.#serve(
      host,
      () => this.#api.callBack(structuredClone(call)),
      (reply) => parseCallbackReply(reply, call.question.ask),
    );

  assist: AuthorWorker['assist'] = async (port) =>
    this.#lost ? { lost: this.#lost } : this.#api.assist(port);

  terminate(cause: LossCause): void {
    if (this.#lost) return;
    this.#lost = cause;
    this.#host.close();
    this.#onEnd();
    for (const settle of this.#pending) settle({ lost: cause });
    this.#pending.clear();
  }

  #serve<T>(host: HostHandler, call: () => Promise<unknown>, parse: (reply: unknown) => T) {
    if (this.#lost) return Promise.resolve({ lost: this.#lost });
    this.#host.serve(host);
    return new Promise<T | Lost>((resolve, reject) => {
      this.#pending.add(resolve);
      void call()
        .then((reply) => resolve(parse(structuredClone(reply))), reject)
        .finally(() => {
          this.#pending.delete(resolve);
          this.#host.stop();
        });
    });
  }
}
