import { createCompiler } from '#compile/compiler.ts';
import type { RunRequest, RunStart } from '#domain/engine-api.ts';
import { asTaskRunId, runStream, type FlowRunId } from '#domain/ids.ts';
import type { NightshiftEvent } from '#domain/events.ts';
import { formatLogLine } from '#domain/lines.ts';
import type { Compiler, Hasher } from '#domain/ports.ts';
import type { SourceFile, TaskRunRecord } from '#domain/records.ts';
import { foldRunEvents, type RunView, type TaskRunView } from '#domain/run-view.ts';
import type { Store } from '#domain/store.ts';
import { Engine, type EngineFlows } from '#engine/engine.ts';
import { readModelFile } from '#ml/model-file.ts';
import { recordCodec } from '#rpc/record-codec.ts';
import type { EnginePorts } from '#engine/ports.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import { authorCode, isFactorySource } from './author-code.ts';
import { SOME_TIME } from './builders.ts';
import { EngineLife } from './engine-life.ts';
import { InProcessWorkers, type AuthorSide } from './in-process-workers.ts';
import { Script, type ScriptedFlow } from './scripted-workers.ts';
import {
  RecordingFeed,
  seededEntropy,
  sha256,
  SMALL_CORPUS,
  someAssets,
  someDisk,
} from './small-ports.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface RigOptions {
  /** Of a source: what Run runs, and what the schedule starts. */
  readonly files?: readonly SourceFile[];
  readonly store?: Store;
  readonly poolSize?: number;
  readonly entropySeed?: number;
  readonly hasher?: Hasher;
  /** The whole of the site. */
  readonly assets?: Readonly<Record<string, string>>;
  readonly clock?: VirtualClock;
  /** What stands between an engine and its ports. */
  readonly wrap?: (ports: EnginePorts) => EnginePorts;
  /** What stands between the test and each engine. */
  readonly facade?: (engine: Engine) => Engine;
  /** Hears of the life of each engine. */
  readonly watch?: (life: EngineLife) => void;
  /** Events as the test is to see them. */
  readonly seen?: (events: readonly NightshiftEvent[]) => readonly NightshiftEvent[];
}

const SCRIPTED: readonly SourceFile[] = [{ name: 'flow.ts', text: 'scripted' }];

/** An engine over small ports and a store that outlives it. */
export class EngineRig {
  readonly clock: VirtualClock;
  readonly store: Store;
  /** Of all engines there were. */
  readonly feed = new RecordingFeed();
  readonly #options: RigOptions;
  readonly #authorSide: AuthorSide;
  readonly #entropy;
  /** What the page tells the next engine of the built-in deployment. */
  scheduledParameters: EngineFlows['scheduledParameters'];
  life = new EngineLife();
  workers: InProcessWorkers;
  engine: Engine;

  constructor(authorSide: AuthorSide, options: RigOptions) {
    this.#options = options;
    this.#authorSide = authorSide;
    this.clock = options.clock ?? new VirtualClock(SOME_TIME);
    this.store = options.store ?? createMemoryStore();
    this.#entropy = seededEntropy(options.entropySeed ?? 1);
    this.workers = this.#newWorkers();
    this.engine = this.#newEngine();
  }

  /** Kills the engine, as closing its tab does, and starts another over what it left. */
  async restart(prepare: (life: EngineLife) => void = () => undefined): Promise<void> {
    await this.reopen(prepare);
    await this.clock.settle();
  }

  /** As `restart`, and lets nothing else happen. */
  async reopen(prepare: (life: EngineLife) => void = () => undefined): Promise<void> {
    this.kill();
    this.life = new EngineLife();
    prepare(this.life);
    this.workers = this.#newWorkers();
    this.engine = this.#newEngine();
    await Promise.race([this.engine.begin(), this.life.ended]);
  }

  kill(): void {
    this.life.end();
    for (const worker of this.workers.alive) worker.terminate('engine stopped or tab closed');
  }

  ask(request: Partial<RunRequest> = {}): Promise<RunStart> {
    return this.engine.startRun({
      flowId: 'retrain-sentiment',
      files: this.files,
      parameters: {},
      overrides: {},
      faults: [],
      seed: 7,
      trigger: { kind: 'person' },
      ...request,
    });
  }

  /** @throws Error when the run is refused */
  async start(request: Partial<RunRequest> = {}): Promise<FlowRunId> {
    const started = await this.ask(request);
    if (!started.ok) throw new Error(started.problems.map(({ message }) => message).join('\n'));
    await this.clock.settle();
    return started.flowRunId;
  }

  /** Lets time pass until the run has ended, its hooks too. */
  async finish(id: FlowRunId): Promise<RunView> {
    await this.clock.until(async () => {
      const record = await this.store.get('flowRuns', id);
      return record?.hooksDue === undefined && (await this.view(id)).endedAt !== undefined;
    }, `the end of ${id}`);
    return this.view(id);
  }

  async run(request: Partial<RunRequest> = {}): Promise<RunView> {
    return this.finish(await this.start(request));
  }

  /** From what is durable. */
  async view(id: FlowRunId): Promise<RunView> {
    const { seen = (events) => events } = this.#options;
    const view = foldRunEvents(seen(await this.store.events(runStream(id))));
    if (!view) throw new Error(`${id} has no events.`);
    return view;
  }

  taskRunRecord(id: string): Promise<TaskRunRecord | undefined> {
    return this.store.get('taskRuns', asTaskRunId(id));
  }

  async taskRun(id: FlowRunId, name: string): Promise<TaskRunView> {
    return taskRunIn(await this.view(id), name);
  }

  /** What the run log says, without the time. */
  async said(id: FlowRunId): Promise<readonly string[]> {
    const history = await this.engine.runHistory(id);
    return (history?.lines ?? []).flatMap((line) =>
      line.kind === 'log' ? [formatLogLine(line, 0).slice('00:00:00.000 | '.length)] : [],
    );
  }

  get files(): readonly SourceFile[] {
    return this.#options.files ?? SCRIPTED;
  }

  #newWorkers(): InProcessWorkers {
    return new InProcessWorkers(this.#authorSide, () => this.clock.now());
  }

  #newEngine(): Engine {
    this.#options.watch?.(this.life);
    const ports: EnginePorts = {
      clock: this.life.clock(this.clock),
      entropy: this.#entropy,
      hasher: this.#options.hasher ?? sha256,
      compiler,
      workers: this.workers,
      store: this.life.store(this.store),
      feed: this.life.feed(this.feed),
      disk: someDisk,
      records: recordCodec,
      modelFiles: { read: readModelFile },
      assets: someAssets(this.#options.assets ?? { 'corpus/reviews.tsv': SMALL_CORPUS }),
      runtime: 'nightshift test',
      poolSize: this.#options.poolSize ?? 2,
      offsetMinutes: () => 0,
    };
    const setup: EngineFlows = {
      builtInFlows: { 'retrain-sentiment': this.files },
      ...(this.scheduledParameters ? { scheduledParameters: this.scheduledParameters } : {}),
      timezone: 'UTC',
    };
    const engine = new Engine(this.#options.wrap?.(ports) ?? ports, setup);
    return this.#options.facade?.(engine) ?? engine;
  }
}

const real = createCompiler(sha256);

/** Compiles source for real; functions of a test stand for themselves. */
const compiler: Compiler = {
  async compile(files) {
    const text = files[0]?.text ?? '';
    if (!isFactorySource(files) && files !== SCRIPTED && text !== 'scripted')
      return real.compile(files);
    const modules = { './flow.ts': { name: 'flow.ts', parts: [text], imports: [] } };
    const sourceHash = await sha256.hash(new TextEncoder().encode(text).buffer);
    return {
      ok: true,
      program: { sourceHash, entry: './flow.ts', modules },
      taskLines: {},
      taskSources: {},
    };
  },
};

export function taskRunIn(view: RunView, name: string): TaskRunView {
  const found = view.taskRuns.find((taskRun) => taskRun.name === name);
  if (found) return found;
  throw new Error(`No ${name} among ${view.taskRuns.map((taskRun) => taskRun.name).join(', ')}.`);
}

/** `Pending > Running > Completed` */
export const statesOf = ({ states }: { states: readonly { name: string }[] }): string =>
  states.map(({ name }) => name).join(' > ');

/** An engine that runs real author code. */
export async function rigFor(
  files: readonly SourceFile[],
  options: RigOptions = {},
): Promise<EngineRig> {
  const rig = new EngineRig(authorCode, { ...options, files });
  await rig.engine.begin();
  await rig.clock.settle();
  return rig;
}

/** An engine whose tasks do what the test says, and the script of them. */
export async function scriptedRig(
  flow: ScriptedFlow,
  options: RigOptions = {},
): Promise<{ rig: EngineRig; script: Script }> {
  const script = new Script(flow);
  const rig = new EngineRig(script.authorSide, options);
  await rig.engine.begin();
  await rig.clock.settle();
  return { rig, script };
}
