import type { EngineApi, EngineSetup, EngineStatus } from '#domain/engine-api.ts';
import type { Feed, Leadership } from '#domain/ports.ts';
import { Engine } from './engine.ts';
import type { EnginePorts } from './ports.ts';

export interface OpenedPorts {
  readonly ports: EnginePorts;
  readonly leadership: Leadership;
  readonly storageReason?: string | undefined;
}

const ANOTHER_LEADS = {
  message: 'Another tab of this site runs the pipeline. Use that one, or close it: this one then takes over.',
};

type Open = (setup: EngineSetup, onClosed: (reason: string) => void) => Promise<OpenedPorts>;

/** What the page talks to: starts the engine when this tab leads, and forwards to it. */
export class EngineHost implements EngineApi {
  readonly #feed: Feed;
  readonly #open: Open;
  #engine: Engine | undefined;
  #leads = false;

  constructor(feed: Feed, open: Open) {
    this.#feed = feed;
    this.#open = open;
  }

  async start(setup: EngineSetup): Promise<EngineStatus> {
    const opened = await this.#open(setup, (reason) => this.#feed.publish({ kind: 'stopped', reason }));
    const engine = new Engine(opened.ports, setup);
    this.#engine = engine;
    let begun: Promise<void> | undefined;
    let waited = false;
    const role = await opened.leadership.acquire(() => {
      begun = this.#lead(engine);
      if (waited) void begun.then(() => this.#announce(engine, opened));
    });
    waited = role === 'waiting';
    await begun;
    return statusOf(engine, opened, role === 'waiting' ? 'waiting' : 'leader');
  }

  async #lead(engine: Engine): Promise<void> {
    await engine.begin();
    this.#leads = true;
  }

  #announce(engine: Engine, opened: OpenedPorts): void {
    this.#feed.publish({ kind: 'status', status: statusOf(engine, opened, 'leader') });
  }

  #started(): Engine {
    if (!this.#engine) throw new Error('The engine was not started.');
    return this.#engine;
  }

  check: EngineApi['check'] = (files) => this.#started().check(files);
  startRun: EngineApi['startRun'] = async (request) =>
    this.#leads ? this.#started().startRun(request) : { ok: false, problems: [ANOTHER_LEADS] };
  cancelRun: EngineApi['cancelRun'] = (id, reason) => this.#started().cancelRun(id, reason);
  runs: EngineApi['runs'] = (limit, before) => this.#started().runs(limit, before);
  runHistory: EngineApi['runHistory'] = (id) => this.#started().runHistory(id);
  champion: EngineApi['champion'] = (model) => this.#started().champion(model);
  modelVersions: EngineApi['modelVersions'] = (model) => this.#started().modelVersions(model);
  checkCron: EngineApi['checkCron'] = (cron, zone) => this.#started().checkCron(cron, zone);
  deployments: EngineApi['deployments'] = () => this.#started().deployments();
  setSchedule: EngineApi['setSchedule'] = (change) => this.#started().setSchedule(change);
  ticks: EngineApi['ticks'] = (id, limit) => this.#started().ticks(id, limit);
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
