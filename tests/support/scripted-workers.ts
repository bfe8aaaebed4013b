import type { AuthorWorkerApi, FlowCall, Outcome, TaskCall } from '#domain/author-api.ts';
import type { Failure } from '#domain/failures.ts';
import type { HostCaller } from '#domain/host-caller.ts';
import type { HostReply, HostRequest } from '#domain/host-api.ts';
import type { ParameterSchema, Parameters } from '#domain/parameters.ts';
import type { PauseQuestion } from '#domain/pauses.ts';
import type { FlowOptions, TaskOptions } from '#domain/policies.ts';
import { codec } from '#rpc/codec.ts';
import { RecordedCalls } from '#sdk/flow-calls.ts';
import { LineOutbox } from '#sdk/line-outbox.ts';
import { failureOf } from '#sdk/thrown.ts';
import type { AuthorSide } from './in-process-workers.ts';

/** A flow without author code: the test says what its body calls and how each attempt ends. */
export interface ScriptedFlow {
  readonly tasks: Readonly<Record<string, TaskOptions>>;
  /** Run again on replay, as a real body is. */
  body(flow: ScriptedBody, parameters: Parameters): Promise<unknown>;
  /** Ends attempts without being asked; those it leaves alone wait for the test. */
  attempt?(attempt: ScriptedAttempt): void;
  readonly options?: FlowOptions;
  readonly parameters?: ParameterSchema;
  /** Flows that it calls. */
  readonly flows?: Readonly<Record<string, ScriptedSubflow>>;
}

export type ScriptedSubflow = Pick<ScriptedFlow, 'body' | 'options' | 'parameters'>;

export interface ScriptedBody {
  readonly now: number;
  call(task: string, ...args: readonly unknown[]): Promise<unknown>;
  callFlow(flow: string, parameters?: Readonly<Record<string, unknown>>): Promise<unknown>;
  sleep(seconds: number): Promise<void>;
  pause(question?: Partial<PauseQuestion>): Promise<Parameters | undefined>;
  log(message: string): void;
  /** The worker of the flow is gone. */
  die(): void;
}

/** One attempt of a task. */
export class ScriptedAttempt {
  readonly call: TaskCall;
  readonly arguments: unknown;
  readonly #host: HostCaller;
  readonly #die: () => void;
  readonly #end: (outcome: Outcome) => void;

  constructor(call: TaskCall, host: HostCaller, die: () => void, end: ScriptedAttempt['settle']) {
    this.call = call;
    this.arguments = codec.decode(call.arguments);
    this.#host = host;
    this.#die = die;
    this.#end = end;
  }

  settle(outcome: Outcome): void {
    this.#end(outcome);
  }

  returns(value: unknown): void {
    void codec
      .encode(value, 'the result')
      .then(({ bytes, label }) => this.settle({ ok: true, value: bytes, label }));
  }

  throws(message: string, name = 'Error'): void {
    this.fails({ kind: 'exception', name, message });
  }

  fails(failure: Failure): void {
    this.settle({ ok: false, failure });
  }

  dies(): void {
    this.#die();
  }

  ask(request: HostRequest): Promise<HostReply> {
    return this.#host.ask(request);
  }

  log(message: string): Promise<HostReply> {
    const line = { kind: 'log', level: 'INFO', message, ordinal: 0 } as const;
    return this.ask({ method: 'lines', lines: [line] });
  }
}

/** Everything that was started, in order. */
export class Script {
  readonly #flow: ScriptedFlow;
  readonly attempts: ScriptedAttempt[] = [];
  bodies = 0;

  constructor(flow: ScriptedFlow) {
    this.#flow = flow;
  }

  /** @throws Error naming what has started, when this has not */
  attempt(taskRunName: string, number: number): ScriptedAttempt {
    const found = this.attempts.findLast(
      ({ call }) => call.taskRunName === taskRunName && call.attempt === number,
    );
    if (found) return found;
    const started = this.attempts.map(({ call }) => `${call.taskRunName}#${call.attempt}`);
    throw new Error(`${taskRunName}#${number} has not started, only ${started.join(', ')}.`);
  }

  readonly authorSide: AuthorSide = (host, die): AuthorWorkerApi => ({
    load: async () => ({
      ok: true,
      flow: loadedFlow('scripted', this.#flow),
      flows: Object.entries({ ...this.#flow.flows, scripted: this.#flow }).map(([name, flow]) =>
        loadedFlow(name, flow),
      ),
      tasks: Object.entries(this.#flow.tasks).map(([name, options]) => ({
        name,
        options,
        functions: {},
      })),
    }),
    runFlow: (call) => this.#runFlow(call, host, die),
    callBack: async () => {
      throw new Error('A scripted flow has no functions of tasks.');
    },
    assist: async () => true,
    runTask: (call) =>
      new Promise((resolve) => {
        const attempt = new ScriptedAttempt(call, host, die, resolve);
        this.attempts.push(attempt);
        this.#flow.attempt?.(attempt);
      }),
  });

  async #runFlow(call: FlowCall, host: HostCaller, die: () => void): Promise<Outcome> {
    this.bodies++;
    const calls = new RecordedCalls(host, codec, call.startedAt);
    const lines = new LineOutbox(host);
    const body: ScriptedBody = {
      get now() {
        return calls.now;
      },
      call: async (task, ...args) => (await calls.submit(task, args, []).state).result(),
      callFlow: async (flow, given) => (await calls.submitFlow(flow, given).state).result(),
      sleep: (seconds) => calls.sleep(seconds),
      pause: (question) => calls.pause({ timeoutSeconds: 3600, suspend: false, ...question }),
      log: (message) => lines.push({ kind: 'log', level: 'INFO', message }),
      die,
    };
    try {
      const { body: run } = this.#flow.flows?.[call.flow] ?? this.#flow;
      const result = await run(body, call.parameters);
      const { bytes, label } = await codec.encode(result, 'the result');
      return { ok: true, value: bytes, label };
    } catch (thrown) {
      return { ok: false, failure: failureOf(thrown) };
    } finally {
      await lines.flush();
    }
  }
}

const loadedFlow = (name: string, { options = {}, parameters = {} }: ScriptedSubflow) => ({
  name,
  options,
  functions: {},
  parameters,
});
