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
import type { ImportRequest } from '#domain/datasets.ts';
import type { GateCondition } from '#domain/gate.ts';
import { gateHistory } from '#domain/gate-history.ts';
import { asDeploymentId, type ContentHash, type FlowRunId } from '#domain/ids.ts';
import type { AliasMove, ModelImport } from '#domain/model-api.ts';
import type { DeploymentRecord, SourceFile } from '#domain/records.ts';
import type { RetentionPolicy, RetentionRequest } from '#domain/retention.ts';
import { arrivalDay } from '#domain/schedule.ts';
import { StorageFull } from '#domain/store.ts';
import { ActiveRuns } from './active-runs.ts';
import { lostWhenBroken } from './broken-worker.ts';
import { checkCron } from './cron.ts';
import { Datasets } from './datasets.ts';
import { ModelRegistry } from './model-registry.ts';
import { readModelHistory } from './model-stream.ts';
import { checkInterval } from './interval.ts';
import { Limits } from './limits.ts';
import type { EnginePorts } from './ports.ts';
import { withoutPause } from './pause-answer.ts';
import { Retention } from './retention.ts';
import { previewReuse } from './reuse-preview.ts';
import { newestRuns, readRunHistory } from './run-history.ts';
import { prepareRun, type PreparedRun } from './run-starter.ts';
import { upcomingTicks } from './schedule-ticks.ts';
import { Scheduler } from './scheduler.ts';
import { shownArtifact } from './shown-artifacts.ts';
import { checkSource } from './source-check.ts';
import { StateTransfer } from './state-transfer.ts';
import { MAKE_ROOM, whyStopped } from './why-stopped.ts';

const DEFAULT_SEED = 7;
/** How far back a gate is asked about runs of before, unless told. */
const GATED_RUNS = 200;

/** What the engine knows of the site: its flows, and how they are scheduled. */
export type EngineFlows = Pick<EngineSetup, 'builtInFlows' | 'scheduledParameters' | 'timezone'>;

/** The engine of the tab that leads: runs, registry, datasets, scheduler over one store. */
export class Engine implements Omit<EngineApi, 'start'> {
  readonly #ports: EnginePorts;
  readonly #setup: EngineFlows;
  readonly #datasets: Datasets;
  readonly #models: ModelRegistry;
  readonly #scheduler: Scheduler;
  readonly #retention: Retention;
  readonly #transfer: StateTransfer;
  readonly #limits: Limits;
  readonly #active: ActiveRuns;
  #firstVisitAt = 0;

  constructor(ports: EnginePorts, setup: EngineFlows) {
    this.#ports = { ...ports, workers: lostWhenBroken(ports.workers) };
    this.#setup = setup;
    this.#models = new ModelRegistry(ports);
    this.#limits = new Limits(ports.store);
    const stopped = (error: unknown) => this.#stopped(error);
    this.#datasets = new Datasets(ports, stopped);
    this.#active = new ActiveRuns({
      ports: this.#ports,
      datasets: this.#datasets,
      models: this.#models,
      limits: this.#limits,
      ended: () => this.#retention.enforce(),
      stopped,
    });
    this.#scheduler = new Scheduler(ports, {
      prepare: (request) => this.#prepare(request),
      launch: (prepared) => this.#active.follow(prepared.launch()),
      requestFor: (deployment, dueAt) => this.#requestFor(deployment, dueAt),
      stopped,
      slots: this.#active.slots,
    });
    this.#transfer = new StateTransfer(ports);
    this.#retention = new Retention(ports, {
      isNeeded: ({ id }) => this.#active.get(id) !== undefined,
      stopped,
    });
  }

  /** Takes up interrupted runs, oldest first, then lets the scheduler begin. */
  async begin(): Promise<void> {
    this.#firstVisitAt = await this.#rememberFirstVisit();
    await this.#limits.load();
    await this.#active.begin();
    await this.#scheduler.start(this.#setup);
    await this.#retention.begin();
    this.#datasets.sweep();
    void this.#datasets.ready().catch(() => undefined);
  }

  /** @param at an instant to come; absent: now */
  arrivalDay(at = 0): number {
    const then = Math.max(at, this.#ports.clock.now());
    return arrivalDay(this.#firstVisitAt, then, this.#ports.offsetMinutes(then));
  }

  check(files: readonly SourceFile[]): Promise<SourceCheck> {
    return checkSource(this.#ports, files);
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
    this.#active.follow(prepared.launch());
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

  runs(limit: number, before?: number): Promise<readonly RunSummary[]> {
    return newestRuns(this.#ports.store, this.#active, limit, before);
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

  async gateHistory(conditions: readonly GateCondition[], limit = GATED_RUNS) {
    return gateHistory(conditions, await this.#ports.store.newestFlowRuns(limit));
  }

  modelNames() {
    return this.#ports.store.modelNames();
  }

  modelAliases(model: string) {
    return this.#models.aliases(model);
  }

  modelHistory(model: string) {
    return readModelHistory(this.#ports.store, model);
  }

  modelFile(model: string, version: number) {
    return this.#models.file(model, version);
  }

  flowSource(hash: ContentHash) {
    return this.#ports.store.get('flows', hash);
  }

  moveAlias(move: AliasMove) {
    return this.#models.moveAlias(move);
  }

  rollBack({ model, reason }: { readonly model: string; readonly reason: string }) {
    return this.#models.rollBack(model, reason);
  }

  deleteVersion(model: string, version: number) {
    return this.#models.delete(model, version);
  }

  importModel(request: ModelImport) {
    return this.#models.import(request);
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

  datasets() {
    return this.#datasets.list();
  }

  datasetRows(...[name, day, from, limit]: Parameters<EngineApi['datasetRows']>) {
    return this.#datasets.rows(name, day, from, limit);
  }

  beginImport(request: ImportRequest) {
    return this.#datasets.imports.begin(request);
  }

  appendRows(...[id, batch]: Parameters<EngineApi['appendRows']>) {
    return this.#datasets.imports.append(id, batch);
  }

  commitImport(id: string) {
    return this.#datasets.imports.commit(id);
  }

  abortImport(id: string) {
    return this.#datasets.imports.abort(id);
  }

  deleteDataset(name: string) {
    return this.#datasets.delete(name);
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
    await this.#active.flush();
    return this.#retention.whileStill(() =>
      this.#datasets.whileStill(() => this.#transfer.export()),
    );
  }

  async importState(file: ArrayBuffer, options: ImportOptions = {}): Promise<StateImport> {
    const imported = await this.#retention.whileStill(() =>
      this.#datasets.whileStill(() => this.#transfer.import(file, options)),
    );
    if (!imported.ok) return imported;
    const { unfinished, replaced, ...outcome } = imported;
    await this.#limits.load();
    await this.#active.takeUp(unfinished);
    if (replaced) {
      this.#firstVisitAt = await this.#rememberFirstVisit();
      await this.#scheduler.start(this.#setup);
    }
    await this.#retention.begin();
    this.#datasets.sweep();
    return outcome;
  }

  #prepare(request: RunRequest): Promise<PreparedRun> {
    const day = this.arrivalDay(request.scheduledFor);
    return prepareRun(this.#ports, request, day, this.#active.make);
  }

  #stopped(error: unknown): void {
    const full = error instanceof StorageFull ? ({ full: true } as const) : {};
    this.#ports.feed.publish({ kind: 'stopped', reason: whyStopped(error), ...full });
  }

  #requestFor(deployment: DeploymentRecord, dueAt: number): RunRequest {
    return {
      flowId: deployment.flowId,
      files: this.#setup.builtInFlows[deployment.flowId] ?? [],
      parameters: deployment.parameters ?? {},
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
