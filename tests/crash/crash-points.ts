import type { Outcome, Program } from '#domain/author-api.ts';
import type { HostRequest } from '#domain/host-api.ts';
import { asTaskRunId } from '#domain/ids.ts';
import type {
  AuthorWorker,
  AuthorWorkers,
  HostAnswer,
  HostHandler,
  Lost,
  OpenedWorker,
} from '#domain/ports.ts';
import { isOver } from '#domain/states.ts';
import type { Store } from '#domain/store.ts';
import type { EnginePorts } from '#engine/ports.ts';
import { taskRun, WriteNames } from './write-names.ts';

/** Who hears of every point; where it rejects, the port call under way does. */
export interface PointWatch {
  reach(point: string): Promise<void>;
  /** An author worker was asked to run a task run that is over. */
  ranAgain(taskRunId: string): void;
}

/** Which author workers: the one of the flow body, those of tasks, or all there are. */
export type Role = 'flow' | 'task';

/**
 * The ports of an engine with a point before and after each durable write and each answer to author code. The engine
 * knows nothing of it.
 */
export function withPoints(ports: EnginePorts, watch: PointWatch): PointedPorts {
  const names = new WriteNames();
  const store = pointedStore(ports.store, names, watch);
  const workers = new PointedWorkers({ workers: ports.workers, store, names, watch });
  return { ports: { ...ports, store, workers }, workers };
}

export interface PointedPorts {
  readonly ports: EnginePorts;
  readonly workers: PointedWorkers;
}

function pointedStore(store: Store, names: WriteNames, { reach }: PointWatch): Store {
  const commit: Store['commit'] = async (writes, durability) => {
    const written = names.of(writes, durability);
    for (const name of written) await reach(`before ${name}`);
    await store.commit(writes, durability);
    for (const name of written) await reach(`after ${name}`);
  };
  return { ...store, commit };
}

interface Parts {
  readonly workers: AuthorWorkers;
  readonly store: Store;
  readonly names: WriteNames;
  readonly watch: PointWatch;
}

class PointedWorkers implements AuthorWorkers {
  readonly #parts: Parts;
  readonly #open = new Map<AuthorWorker, Role>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async open(program: Program): Promise<OpenedWorker> {
    const opened = await this.#parts.workers.open(program);
    if (!opened.ok) return opened;
    const { worker } = opened;
    const tellRole = (role: Role) => void this.#open.set(worker, role);
    return { ...opened, worker: new PointedWorker(worker, this.#parts, tellRole) };
  }

  /** Ends real workers under the engine's hands; one that serves nobody yet is left alone. */
  terminate(roles: readonly Role[]): void {
    for (const [worker, role] of this.#open)
      if (roles.includes(role)) {
        worker.terminate('worker terminated');
        this.#open.delete(worker);
      }
  }
}

class PointedWorker implements AuthorWorker {
  readonly #worker: AuthorWorker;
  readonly #parts: Parts;
  readonly #tellRole: (role: Role) => void;

  constructor(worker: AuthorWorker, parts: Parts, tellRole: (role: Role) => void) {
    this.#worker = worker;
    this.#parts = parts;
    this.#tellRole = tellRole;
  }

  get isAlive(): boolean {
    return this.#worker.isAlive;
  }

  runFlow: AuthorWorker['runFlow'] = (call, host) => {
    this.#tellRole('flow');
    const who = `flow ${this.#parts.names.flowOf(call.flowRunId)}`;
    return this.#served(host, (pointed) => this.#worker.runFlow(call, pointed), who);
  };

  runTask: AuthorWorker['runTask'] = (call, host) => {
    this.#tellRole('task');
    const { store, watch } = this.#parts;
    void store.get('taskRuns', asTaskRunId(call.taskRunId)).then((record) => {
      if (record && isOver(record.state)) watch.ranAgain(call.taskRunId);
    });
    return this.#served(
      host,
      (pointed) => this.#worker.runTask(call, pointed),
      taskRun(call.taskRunId),
    );
  };

  callBack: AuthorWorker['callBack'] = (call, host) => this.#worker.callBack(call, host);

  assist: AuthorWorker['assist'] = (port) => this.#worker.assist(port);

  terminate: AuthorWorker['terminate'] = (cause) => this.#worker.terminate(cause);

  /** Where a point throws, the call that was being answered rejects, as a broken port would. */
  #served(
    host: HostHandler,
    start: (host: HostHandler) => Promise<Outcome | Lost>,
    who: string,
  ): Promise<Outcome | Lost> {
    const { reach } = this.#parts.watch;
    return new Promise((resolve, reject) => {
      const pointed: HostHandler = async (request) => {
        const answer = await host(request);
        const name = nameOfAnswer(request, who);
        if (name === undefined) return answer;
        const passed = await reach(`before ${name}`).then(() => true, reject);
        if (passed !== true) return NEVER;
        void posted().then(() => reach(`after ${name}`).catch(reject));
        return answer;
      };
      start(pointed).then(resolve, reject);
    });
  }
}

const NEVER = new Promise<HostAnswer>(() => undefined);

/** An answer is posted a few microtasks after the handler gave it, and before anything else can come in. */
async function posted(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

/** Progress is never stored, and how often it is told depends on the time of day. */
function nameOfAnswer(request: HostRequest, who: string): string | undefined {
  if (request.method === 'progress') return undefined;
  const what = 'call' in request ? `${request.method} ${request.call}` : request.method;
  return `answer of ${what} to ${who}`;
}
