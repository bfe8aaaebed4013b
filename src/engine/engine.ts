import type {
  EngineApi,
  EngineSetup,
  ReusePreview,
  ImportOptions,
  RunHistory,
  RunRequest,
  RunResume,
  RunStart,
  RunSummary,
  SourceCheck,
  StateImport,
} from '#domain/engine-api.ts';
import { asDeploymentId, type FlowRunId } from '#domain/ids.ts';
import type { DeploymentRecord, FlowRunRecord, SourceFile } from '#domain/records.ts';
import type { RetentionPolicy, RetentionRequest } from '#domain/retention.ts';
import { arrivalDay } from '#domain/schedule.ts';
import { StorageClosed, StorageFull } from '#domain/store.ts';
import { lostWhenBroken } from './broken-worker.ts';
import { checkCron } from './cron.ts';
import { Datasets } from './datasets.ts';
import { DeploymentSlots } from './deployment-slots.ts';
import { FlowRun, type OwnParts } from './flow-run.ts';
import { loadProblem } from './load-problem.ts';
import { ModelRegistry } from './model-registry.ts';
import { checkInterval } from './interval.ts';
import { KeptSlots } from './kept-slots.ts';
import { Limits } from './limits.ts';
import type { EnginePorts } from './ports.ts';
import { withoutPause } from './pause-answer.ts';
import { endOrphan, recoverHooks, recoverRun } from './recovery.ts';
import { Retention } from './retention.ts';
import { previewReuse } from './reuse-preview.ts';
import { readRunHistory } from './run-history.ts';
import { prepareRun, type PreparedRun } from './run-starter.ts';
import { upcomingTicks } from './schedule-ticks.ts';
import type { StartAnswer } from './scheduled-start.ts';
import { Scheduler } from './scheduler.ts';
import { shownArtifact } from './shown-artifacts.ts';
import { StateTransfer } from './state-transfer.ts';
import { Places } from './worker-pool.ts';

const DEFAULT_SEED = 7;
const MAKE_ROOM =
  'Delete old runs on the Runs page, or free some space on this device, and reload the page.';

/** The engine of the tab that leads: runs, registry, datasets, scheduler over one store. */
export class Engine implements Omit<EngineApi, 'start'> {
  readonly #ports: EnginePorts;
  readonly #setup: Pick<EngineSetup, 'builtInFlows' | 'timezone'>;
  readonly #datasets: Datasets;
  readonly #models: ModelRegistry;
  readonly #scheduler: Scheduler;
  readonly #retention: Retention;
  readonly #transfer: StateTransfer;
  readonly #places: Places;
  readonly #limits: Limits;
  readonly #kept: KeptSlots;
  readonly #slots = new DeploymentSlots();
  readonly #active = new Map<FlowRunId, FlowRun>();
  #firstVisitAt = 0;

  constructor(ports: EnginePorts, setup: Pick<EngineSetup, 'builtInFlows' | 'timezone'>) {
    this.#ports = { ...ports, workers: lostWhenBroken(ports.workers) };
    this.#setup = setup;
    this.#datasets = new Datasets(ports);
    this.#models = new ModelRegistry(ports);
    this.#places = new Places(ports.poolSize);
    this.#limits = new Limits(ports.store);
    this.#kept = new KeptSlots(ports.store, this.#limits);
    this.#scheduler = new Scheduler(ports, {
      prepare: (request) => this.#prepare(request),
      launch: (prepared) => this.#follow(prepared.launch()),
      requestFor: (deployment, dueAt) => this.#requestFor(deployment, dueAt),
      stopped: (error) => this.#stopped(error),
      slots: this.#slots,
    });
    this.#transfer = new StateTransfer(ports);
    this.#retention = new Retention(ports, {
      isNeeded: ({ id }) => this.#active.has(id),
      stopped: (error) => this.#stopped(error),
    });
  }

  /** Takes up interrupted runs, oldest first, then lets the scheduler begin. */
  async begin(): Promise<void> {
    this.#firstVisitAt = await this.#rememberFirstVisit();
    await this.#limits.load();
    await this.#takeUp(await this.#ports.store.activeFlowRuns());
    await this.#scheduler.start(this.#setup.timezone);
    await this.#retention.begin();
    void this.#datasets.ready().catch(() => undefined);
  }

  async #takeUp(interrupted: readonly FlowRunRecord[]): Promise<void> {
    // Those that have started keep their slots from those that have not, however long they have waited.
    for (const record of interrupted) if (record.startsAt === undefined) this.#slots.hold(record);
    await this.#kept.keep(interrupted);
    // A subflow is taken up by the run that called it, when its replay comes to the call.
    for (const record of interrupted.filter(({ parent }) => !parent)) {
      const run = await recoverRun(this.#ports, record, (parts, of) => this.#make(parts, of));
      if (run) this.#follow(run);
      else this.#release(record.id);
    }
    for (const record of interrupted) await endOrphan(this.#ports, record);
    for (const record of await this.#ports.store.flowRunsWithHooksDue()) {
      const run = await recoverHooks(this.#ports, record, (parts, of) => this.#make(parts, of));
      if (run) this.#follow(run);
    }
  }

  /** @param at an instant to come; absent: now */
  arrivalDay(at = 0): number {
    const then = Math.max(at, this.#ports.clock.now());
    return arrivalDay(this.#firstVisitAt, then, this.#ports.offsetMinutes(then));
  }

  async check(files: readonly SourceFile[]): Promise<SourceCheck> {
    const compiled = await this.#ports.compiler.compile(files);
    if (!compiled.ok) return compiled;
    const opened = await this.#ports.workers.open(compiled.program);
    if (!opened.ok) return { ok: false, problems: [loadProblem(opened.failure)] };
    opened.worker.terminate('worker terminated');
    const { flow, tasks } = opened.loaded;
    return {
      ok: true,
      flow: {
        name: flow.name,
        parameters: flow.parameters,
        tasks: tasks.map((task) => {
          const lines = compiled.taskLines[task.name];
          return { ...task, ...(lines ? { lines } : {}) };
        }),
      },
    };
  }

  async startRun(request: RunRequest): Promise<RunStart> {
    const prepared = await this.#prepare(request);
    if (!prepared.ok) return prepared;
    try {
      await this.#ports.store.commit(prepared.writes);
    } catch (error) {
      prepared.drop();
      if (error instanceof StorageFull)
        return { ok: false, problems: [{ message: `${error.message} ${MAKE_ROOM}` }] };
      throw error;
    }
    this.#follow(prepared.launch());
    return { ok: true, flowRunId: prepared.record.id, name: prepared.record.name };
  }

  reuseFor(request: RunRequest): Promise<ReusePreview> {
    return previewReuse(this.#ports, request, this.arrivalDay());
  }

  async cancelRun(id: FlowRunId, reason: string): Promise<boolean> {
    const run = this.#active.get(id);
    await run?.cancel(reason);
    return run !== undefined;
  }

  async resumeRun(...[id, input, pause]: Parameters<EngineApi['resumeRun']>): Promise<RunResume> {
    const run = this.#active.get(id);
    if (run) return run.resume(input, pause);
    return withoutPause(await this.#ports.store.get('flowRuns', id), pause);
  }

  async runs(limit: number, before?: number): Promise<readonly RunSummary[]> {
    const records = await this.#ports.store.newestFlowRuns(limit, before);
    return Promise.all(
      records.map(async (record) => ({ ...record, attempts: await this.#attemptsOf(record) })),
    );
  }

  /** Records of before the number was kept in them have it only in their task runs. */
  async #attemptsOf({ id, attempts }: FlowRunRecord): Promise<number> {
    const known = attempts ?? this.#active.get(id)?.attempts;
    if (known !== undefined) return known;
    const taskRuns = await this.#ports.store.taskRunsOf(id);
    return taskRuns.reduce((sum, one) => sum + one.attempts.length, 0);
  }

  async runHistory(id: FlowRunId, lastLines?: number): Promise<RunHistory | undefined> {
    await this.#active.get(id)?.flush();
    return readRunHistory(this.#ports.store, id, lastLines);
  }

  artifacts(id: FlowRunId) {
    return this.#ports.store.artifactsOf(id);
  }

  artifact(id: FlowRunId, number: number) {
    return shownArtifact(this.#ports.store, id, number);
  }

  champion(model: string) {
    return this.#models.champion(model);
  }

  modelVersions(model: string) {
    return this.#ports.store.modelVersions(model);
  }

  async checkCron(cron: string, timezone: string) {
    return checkCron(cron, timezone, this.#ports.clock.now());
  }

  async checkInterval(...[interval, timezone]: Parameters<EngineApi['checkInterval']>) {
    return checkInterval(interval, timezone, this.#ports.clock.now());
  }

  deployments() {
    return this.#ports.store.deployments();
  }

  setSchedule(change: Parameters<EngineApi['setSchedule']>[0]) {
    return this.#scheduler.set(change);
  }

  setConcurrency(...change: Parameters<EngineApi['setConcurrency']>) {
    return this.#scheduler.setConcurrency(...change);
  }

  ticks(deploymentId: string, limit: number) {
    return this.#ports.store.ticksOf(asDeploymentId(deploymentId), limit);
  }

  async limits() {
    return this.#limits.status();
  }

  setLimit(name: string, limit: number | undefined) {
    return this.#limits.set(name, limit);
  }

  async upcoming(deploymentId: string) {
    const id = asDeploymentId(deploymentId);
    const deployment = await this.#ports.store.get('deployments', id);
    return deployment ? upcomingTicks(deployment, this.#ports.clock.now()) : [];
  }

  storageUse() {
    return this.#retention.use();
  }

  retain(request: RetentionRequest) {
    return this.#retention.retain(request);
  }

  setRetention(policy: RetentionPolicy) {
    return this.#retention.setPolicy(policy);
  }

  async exportState(): Promise<ArrayBuffer> {
    await Promise.all([...this.#active.values()].map((run) => run.flush()));
    return this.#retention.whileStill(() => this.#transfer.export());
  }

  async importState(file: ArrayBuffer, options: ImportOptions = {}): Promise<StateImport> {
    const imported = await this.#retention.whileStill(() => this.#transfer.import(file, options));
    if (!imported.ok) return imported;
    const { unfinished, replaced, ...outcome } = imported;
    await this.#takeUp(unfinished);
    if (replaced) {
      this.#firstVisitAt = await this.#rememberFirstVisit();
      await this.#scheduler.start(this.#setup.timezone);
    }
    await this.#retention.begin();
    return outcome;
  }

  #prepare(request: RunRequest): Promise<PreparedRun> {
    const day = this.arrivalDay(request.scheduledFor);
    return prepareRun(this.#ports, request, day, (parts, of) => this.#make(parts, of));
  }

  #track(run: FlowRun): () => void {
    this.#active.set(run.id, run);
    return () => this.#active.delete(run.id);
  }

  #make(parts: OwnParts, record: FlowRunRecord): FlowRun {
    const shared = {
      ports: this.#ports,
      datasets: this.#datasets,
      models: this.#models,
      places: this.#places,
      track: (run: FlowRun) => this.#track(run),
      limits: this.#limits,
      mayStart: (of: FlowRunRecord) => this.#mayStart(of),
    };
    return new FlowRun({ ...shared, ...parts }, record);
  }

  async #mayStart(record: FlowRunRecord): Promise<StartAnswer> {
    const { trigger } = record;
    const id = trigger.kind === 'schedule' ? asDeploymentId(trigger.deployment) : undefined;
    return this.#slots.ask(id && (await this.#ports.store.get('deployments', id)), record);
  }

  #follow(run: FlowRun): void {
    const forget = this.#track(run);
    run
      .toEnd()
      .catch((error: unknown) => this.#stopped(error))
      .finally(() => {
        forget();
        this.#release(run.id);
        this.#retention.enforce();
      });
  }

  #release(id: FlowRunId): void {
    this.#slots.release(id);
    this.#kept.release(id);
  }

  #stopped(error: unknown): void {
    const full = error instanceof StorageFull ? ({ full: true } as const) : {};
    this.#ports.feed.publish({ kind: 'stopped', reason: whyStopped(error), ...full });
  }

  #requestFor(deployment: DeploymentRecord, dueAt: number): RunRequest {
    return {
      flowId: deployment.flowId,
      files: this.#setup.builtInFlows[deployment.flowId] ?? [],
      parameters: {},
      overrides: {},
      faults: [],
      seed: DEFAULT_SEED,
      trigger: { kind: 'schedule', deployment: deployment.id, dueAt },
      scheduledFor: dueAt,
    };
  }

  async #rememberFirstVisit(): Promise<number> {
    const kept = await this.#ports.store.get('settings', 'firstVisitAt');
    if (kept) return kept.value;
    const value = this.#ports.clock.now();
    await this.#ports.store.commit([
      { store: 'settings', op: 'put', record: { key: 'firstVisitAt', value } },
    ]);
    return value;
  }
}

function whyStopped(error: unknown): string {
  if (error instanceof StorageFull)
    return `${error.message} Nothing half written was kept. ${MAKE_ROOM} What was running goes on then.`;
  if (error instanceof StorageClosed) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
