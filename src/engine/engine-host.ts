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

const NOT_LEADING = { ok: false, reason: ANOTHER_LEADS.message } as const;

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

  /** What changes something is done by the tab that leads, and refused by the others. */
  async #whenLeading<T>(act: (engine: Engine) => Promise<T>): Promise<T | typeof NOT_LEADING> {
    const engine = await this.#started;
    return this.#leads ? act(engine) : NOT_LEADING;
  }

  startRun: EngineApi['startRun'] = async (request) => {
    const engine = await this.#started;
    return this.#leads ? engine.startRun(request) : { ok: false, problems: [ANOTHER_LEADS] };
  };
  resumeRun: EngineApi['resumeRun'] = async (...answer) => {
    const engine = await this.#started;
    return this.#leads ? engine.resumeRun(...answer) : { ok: false, problems: [ANOTHER_LEADS] };
  };
  setSchedule: EngineApi['setSchedule'] = (change) =>
    this.#whenLeading((engine) => engine.setSchedule(change));
  setLimit: EngineApi['setLimit'] = (name, limit) =>
    this.#whenLeading((engine) => engine.setLimit(name, limit));
  limits: EngineApi['limits'] = async () => (await this.#started).limits();
  setConcurrency: EngineApi['setConcurrency'] = (id, concurrency) =>
    this.#whenLeading((engine) => engine.setConcurrency(id, concurrency));
  retain: EngineApi['retain'] = (request) => this.#whenLeading((engine) => engine.retain(request));
  setRetention: EngineApi['setRetention'] = (policy) =>
    this.#whenLeading((engine) => engine.setRetention(policy));
  importState: EngineApi['importState'] = (file, options) =>
    this.#whenLeading(async (engine) => {
      const imported = await engine.importState(file, options);
      if (imported.ok) this.#tellStatus();
      return imported;
    });
  beginImport: EngineApi['beginImport'] = (request) =>
    this.#whenLeading((engine) => engine.beginImport(request));
  deleteDataset: EngineApi['deleteDataset'] = (name) =>
    this.#whenLeading((engine) => engine.deleteDataset(name));
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
  moveAlias: EngineApi['moveAlias'] = (move) =>
    this.#whenLeading((engine) => engine.moveAlias(move));
  rollBack: EngineApi['rollBack'] = (request) =>
    this.#whenLeading((engine) => engine.rollBack(request));
  deleteVersion: EngineApi['deleteVersion'] = (...which) =>
    this.#whenLeading((engine) => engine.deleteVersion(...which));
  importModel: EngineApi['importModel'] = (request) =>
    this.#whenLeading((engine) => engine.importModel(request));
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
