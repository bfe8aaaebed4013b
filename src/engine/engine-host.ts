import type { EngineApi, EngineSetup, EngineStatus } from '#domain/engine-api.ts';
import type { Feed, Leadership } from '#domain/ports.ts';
import { Engine } from './engine.ts';
import type { EnginePorts } from './ports.ts';

export interface OpenedPorts {
  readonly ports: EnginePorts;
  readonly leadership: Leadership;
  readonly storageReason?: string | undefined;
}

type Open = (setup: EngineSetup, onClosed: (reason: string) => void) => Promise<OpenedPorts>;

const ANOTHER_LEADS = {
  message:
    'Another tab of this site runs the pipeline. Use that one, or close it: this one then takes over.',
};

/** What the page talks to: starts the engine when this tab leads, and forwards to it. Calls wait for the start. */
export class EngineHost implements EngineApi {
  readonly #feed: Feed;
  readonly #open: Open;
  readonly #started: Promise<Engine>;
  #settleStarted: (engine: Engine | Promise<never>) => void = () => undefined;
  #leads = false;
  #tellStatus: () => void = () => undefined;

  constructor(feed: Feed, open: Open) {
    this.#feed = feed;
    this.#open = open;
    this.#started = new Promise((resolve) => (this.#settleStarted = resolve));
    // Whoever called `start` hears of a failure; calls that wait for it hear of it too.
    this.#started.catch(() => undefined);
  }

  async start(setup: EngineSetup): Promise<EngineStatus> {
    try {
      return await this.#start(setup);
    } catch (error) {
      this.#settleStarted(Promise.reject(asError(error)));
      throw error;
    }
  }

  async #start(setup: EngineSetup): Promise<EngineStatus> {
    const opened = await this.#open(setup, (reason) =>
      this.#feed.publish({ kind: 'stopped', reason }),
    );
    const engine = new Engine(opened.ports, setup);
    this.#tellStatus = () =>
      this.#feed.publish({ kind: 'status', status: statusOf(engine, opened, 'leader') });
    let begun: Promise<void> | undefined;
    let answered = false;
    const role = await opened.leadership.acquire(() => {
      begun = this.#lead(engine);
      if (answered) void begun.then(() => this.#tellStatus());
    });
    await begun;
    answered = true;
    this.#settleStarted(engine);
    return statusOf(engine, opened, role === 'waiting' ? 'waiting' : 'leader');
  }

  async #lead(engine: Engine): Promise<void> {
    await engine.begin();
    this.#leads = true;
  }

  startRun: EngineApi['startRun'] = async (request) => {
    const engine = await this.#started;
    return this.#leads ? engine.startRun(request) : { ok: false, problems: [ANOTHER_LEADS] };
  };
  resumeRun: EngineApi['resumeRun'] = async (...answer) => {
    const engine = await this.#started;
    return this.#leads ? engine.resumeRun(...answer) : { ok: false, problems: [ANOTHER_LEADS] };
  };
  setSchedule: EngineApi['setSchedule'] = async (change) => {
    const engine = await this.#started;
    return this.#leads ? engine.setSchedule(change) : { ok: false, reason: ANOTHER_LEADS.message };
  };
  setLimit: EngineApi['setLimit'] = async (name, limit) => {
    const engine = await this.#started;
    return this.#leads
      ? engine.setLimit(name, limit)
      : { ok: false, reason: ANOTHER_LEADS.message };
  };
  limits: EngineApi['limits'] = async () => (await this.#started).limits();
  setConcurrency: EngineApi['setConcurrency'] = async (id, concurrency) => {
    const engine = await this.#started;
    return this.#leads
      ? engine.setConcurrency(id, concurrency)
      : { ok: false, reason: ANOTHER_LEADS.message };
  };
  retain: EngineApi['retain'] = async (request) => {
    const engine = await this.#started;
    return this.#leads ? engine.retain(request) : { ok: false, reason: ANOTHER_LEADS.message };
  };
  setRetention: EngineApi['setRetention'] = async (policy) => {
    const engine = await this.#started;
    return this.#leads ? engine.setRetention(policy) : { ok: false, reason: ANOTHER_LEADS.message };
  };
  importState: EngineApi['importState'] = async (file, options) => {
    const engine = await this.#started;
    if (!this.#leads) return { ok: false, reason: ANOTHER_LEADS.message };
    const imported = await engine.importState(file, options);
    if (imported.ok) this.#tellStatus();
    return imported;
  };
  beginImport: EngineApi['beginImport'] = async (request) => {
    const engine = await this.#started;
    return this.#leads ? engine.beginImport(request) : { ok: false, reason: ANOTHER_LEADS.message };
  };
  deleteDataset: EngineApi['deleteDataset'] = async (name) => {
    const engine = await this.#started;
    return this.#leads ? engine.deleteDataset(name) : { ok: false, reason: ANOTHER_LEADS.message };
  };
  // Only what was begun can be gone on with, and only the tab that leads begins.
  appendRows: EngineApi['appendRows'] = async (id, batch) =>
    (await this.#started).appendRows(id, batch);
  commitImport: EngineApi['commitImport'] = async (id) => (await this.#started).commitImport(id);
  abortImport: EngineApi['abortImport'] = async (id) => (await this.#started).abortImport(id);
  datasets: EngineApi['datasets'] = async () => (await this.#started).datasets();
  datasetRows: EngineApi['datasetRows'] = async (...asked) =>
    (await this.#started).datasetRows(...asked);
  exportState: EngineApi['exportState'] = async () => (await this.#started).exportState();
  storageUse: EngineApi['storageUse'] = async () => (await this.#started).storageUse();
  reuseFor: EngineApi['reuseFor'] = async (request) => (await this.#started).reuseFor(request);
  check: EngineApi['check'] = async (files) => (await this.#started).check(files);
  cancelRun: EngineApi['cancelRun'] = async (id, why) => (await this.#started).cancelRun(id, why);
  runs: EngineApi['runs'] = async (limit, before) => (await this.#started).runs(limit, before);
  runHistory: EngineApi['runHistory'] = async (id, lastLines) =>
    (await this.#started).runHistory(id, lastLines);
  artifacts: EngineApi['artifacts'] = async (id) => (await this.#started).artifacts(id);
  artifact: EngineApi['artifact'] = async (id, number) =>
    (await this.#started).artifact(id, number);
  champion: EngineApi['champion'] = async (model) => (await this.#started).champion(model);
  modelVersions: EngineApi['modelVersions'] = async (model) =>
    (await this.#started).modelVersions(model);
  gateHistory: EngineApi['gateHistory'] = async (conditions, limit) =>
    (await this.#started).gateHistory(conditions, limit);
  modelNames: EngineApi['modelNames'] = async () => (await this.#started).modelNames();
  modelAliases: EngineApi['modelAliases'] = async (model) =>
    (await this.#started).modelAliases(model);
  modelHistory: EngineApi['modelHistory'] = async (model) =>
    (await this.#started).modelHistory(model);
  modelFile: EngineApi['modelFile'] = async (model, version) =>
    (await this.#started).modelFile(model, version);
  flowSource: EngineApi['flowSource'] = async (hash) => (await this.#started).flowSource(hash);
  moveAlias: EngineApi['moveAlias'] = async (move) => {
    const engine = await this.#started;
    return this.#leads ? engine.moveAlias(move) : { ok: false, reason: ANOTHER_LEADS.message };
  };
  rollBack: EngineApi['rollBack'] = async (request) => {
    const engine = await this.#started;
    return this.#leads ? engine.rollBack(request) : { ok: false, reason: ANOTHER_LEADS.message };
  };
  deleteVersion: EngineApi['deleteVersion'] = async (...which) => {
    const engine = await this.#started;
    return this.#leads
      ? engine.deleteVersion(...which)
      : { ok: false, reason: ANOTHER_LEADS.message };
  };
  importModel: EngineApi['importModel'] = async (request) => {
    const engine = await this.#started;
    return this.#leads ? engine.importModel(request) : { ok: false, reason: ANOTHER_LEADS.message };
  };
  checkCron: EngineApi['checkCron'] = async (cron, zone) =>
    (await this.#started).checkCron(cron, zone);
  checkInterval: EngineApi['checkInterval'] = async (interval, zone) =>
    (await this.#started).checkInterval(interval, zone);
  deployments: EngineApi['deployments'] = async () => (await this.#started).deployments();
  upcoming: EngineApi['upcoming'] = async (id) => (await this.#started).upcoming(id);
  ticks: EngineApi['ticks'] = async (id, limit) => (await this.#started).ticks(id, limit);
}

function statusOf(engine: Engine, opened: OpenedPorts, role: EngineStatus['role']): EngineStatus {
  const { kind } = opened.ports.store;
  return {
    role,
    storage: kind,
    ...(opened.storageReason === undefined ? {} : { storageReason: opened.storageReason }),
    arrivalDay: engine.arrivalDay(),
  };
}

const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));
