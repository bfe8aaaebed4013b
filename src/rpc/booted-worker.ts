import * as Comlink from 'comlink';
import type { AuthorWorkerApi, LoadReply, Program } from '#domain/author-api.ts';
import { parseCallbackReply, parseLoadReply, parseOutcome } from '#domain/author-replies.ts';
import { describeFailure, type Failure, type LossCause } from '#domain/failures.ts';
import type { AuthorWorker, HostHandler, Lost } from '#domain/ports.ts';
import { showValue } from '#domain/show-value.ts';
import { HostServer } from './host-port.ts';
import { Backlog } from './backlog.ts';
import { HEARTBEAT_EVERY_MS, Silence } from './silence.ts';
import type { WorkerPorts, Workshop } from './workshop.ts';

const LOAD_CHECK_EVERY_MS = 1000;
/** Checks, not time: a tab that slept must not find that loading took too long. */
const LOAD_CHECKS = 10;
/** Silent checks after which it is asked whether there are any workers left. */
const SILENT_BEFORE_LOOK = 2;

const LOADS_FOR_EVER: Failure = {
  kind: 'load',
  message: `it was still loading after ${LOAD_CHECKS} seconds: look for a loop or an await without end at the top level of the module`,
};

const FLOOD: Failure = {
  kind: 'exception',
  name: 'MessageFlood',
  message:
    'its worker sent far more messages than it waited for answers to, and was ended. Await what you call, and leave the message ports alone.',
};

/** How a call ends that gets no reply. */
interface Pending {
  lost(cause: LossCause): void;
  failed(failure: Failure): void;
}

/** Turns a reply, which author code may have made, and a failure in place of one, into what the call gives. */
interface Reading<T> {
  parse(reply: unknown): T;
  failed(failure: Failure): T;
}

/** An author worker that has said that it is up. */
export class BootedWorker implements AuthorWorker {
  readonly #workshop: Workshop;
  readonly #ports: WorkerPorts;
  readonly #api: Comlink.Remote<AuthorWorkerApi>;
  readonly #host: HostServer;
  readonly #silence = new Silence();
  readonly #pending = new Set<Pending>();
  #lost: LossCause | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(workshop: Workshop, ports: WorkerPorts, now: () => number) {
    this.#workshop = workshop;
    this.#ports = ports;
    this.#api = Comlink.wrap<AuthorWorkerApi>(ports.calls);
    this.#host = new HostServer(ports.host, now, {
      onHeard: () => this.#silence.heard(),
      onFlood: () => this.#fail(FLOOD),
    });
    const backlog = new Backlog();
    ports.calls.addEventListener('message', () => {
      if (!backlog.read()) this.#fail(FLOOD);
    });
    workshop.watch(ports.id, (cause) => this.terminate(cause));
  }

  get isAlive(): boolean {
    return this.#lost === undefined;
  }

  async load(program: Program): Promise<LoadReply> {
    let checks = 0;
    const limit = setInterval(() => {
      if (++checks >= LOAD_CHECKS) this.#fail(LOADS_FOR_EVER);
    }, LOAD_CHECK_EVERY_MS);
    const loaded = await this.#whileAlive(this.#api.load(program), {
      parse: parseLoadReply,
      failed: (failure): LoadReply => ({ ok: false, failure: asLoadFailure(failure) }),
    });
    clearInterval(limit);
    if ('lost' in loaded) return { ok: false, failure: { kind: 'lost', cause: loaded.lost } };
    return loaded;
  }

  runFlow: AuthorWorker['runFlow'] = (call, host) =>
    this.#serving(host, () => this.#api.runFlow(call), {
      parse: (reply) => parseOutcome(reply, 'the flow'),
      failed,
    });

  runTask: AuthorWorker['runTask'] = (call, host) =>
    this.#serving(host, () => this.#api.runTask(call), {
      parse: (reply) => parseOutcome(reply, call.taskRunName),
      failed,
    });

  callBack: AuthorWorker['callBack'] = (call, host) =>
    this.#serving(host, () => this.#api.callBack(call), {
      parse: (reply) =>
        parseCallbackReply(reply, `${call.question.ask} of ${call.task?.task ?? 'the flow'}`),
      failed,
    });

  assist: AuthorWorker['assist'] = (port) =>
    this.#whileAlive(this.#api.assist(Comlink.transfer(port, [port])), {
      parse: (reply) => reply === true,
      failed: () => false,
    });

  terminate(cause: LossCause): void {
    if (this.#lost) return;
    this.#end(cause);
    for (const pending of this.#pending) pending.lost(cause);
    this.#pending.clear();
  }

  /** Ended for what it did: its calls fail, and are not started again as lost ones are. */
  #fail(failure: Failure): void {
    if (this.#lost) return;
    this.#end('worker terminated');
    for (const pending of this.#pending) pending.failed(failure);
    this.#pending.clear();
  }

  #end(cause: LossCause): void {
    this.#lost = cause;
    this.#unwatch();
    this.#host.close();
    this.#ports.calls.close();
    this.#workshop.end(this.#ports.id);
  }

  async #serving<T>(
    host: HostHandler,
    call: () => Promise<unknown>,
    reading: Reading<T>,
  ): Promise<T | Lost> {
    if (this.#lost) return { lost: this.#lost };
    this.#host.serve(host);
    const outcome = await this.#whileAlive(call(), reading);
    this.#host.stop();
    return outcome;
  }

  /** Only while a call is on: an idle worker owes no sign of life. */
  #listen(): void {
    this.#silence.heard();
    this.#watch ??= setInterval(() => {
      if (this.#silence.check()) this.terminate('worker unresponsive');
      else if (this.#silence.checks >= SILENT_BEFORE_LOOK) this.#workshop.look();
    }, HEARTBEAT_EVERY_MS);
  }

  #unwatch(): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  /** A terminated worker is silent: its calls would stay pending for ever. */
  #whileAlive<T>(call: Promise<unknown>, reading: Reading<T>): Promise<T | Lost> {
    return new Promise((resolve) => {
      const pending: Pending = {
        lost: (cause) => resolve({ lost: cause }),
        failed: (failure) => resolve(reading.failed(failure)),
      };
      this.#pending.add(pending);
      this.#listen();
      void call
        .then(
          (reply) => resolve(reading.parse(reply)),
          (error: unknown) => pending.failed(unreadable(error)),
        )
        .finally(() => {
          this.#pending.delete(pending);
          if (this.#pending.size === 0) this.#unwatch();
        });
    });
  }
}

const failed = (failure: Failure) => ({ ok: false, failure }) as const;

/** The runner answers every call; only author code that has got hold of the port lets one be rejected. */
const unreadable = (error: unknown): Failure => ({
  kind: 'exception',
  name: 'UnreadableReply',
  message: `its worker answered with what is no result: ${
    error instanceof Error ? error.message : showValue(error)
  }`,
});

const asLoadFailure = (failure: Failure): Failure =>
  failure.kind === 'load' ? failure : { kind: 'load', message: describeFailure(failure) };
