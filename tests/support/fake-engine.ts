import type {
  CronCheck,
  EngineApi,
  EngineStatus,
  FeedMessage,
  FlowDescription,
  RunRequest,
} from '#domain/engine-api.ts';
import { EVENT_VERSION } from '#domain/events.ts';
import { asContentHash, asDeploymentId, taskRunId } from '#domain/ids.ts';
import { runName } from '#domain/names.ts';
import type { DeploymentRecord, ModelVersionRecord } from '#domain/records.ts';
import type { Explanation, PredictorApi } from '#domain/predictor-api.ts';
import { isTerminal } from '#domain/states.ts';
import type { EngineConnection } from '#ui/live/connections.ts';
import { ScriptedRun, type Cue } from './scripted-run.ts';

export interface FakeEngineOptions {
  readonly status?: Partial<EngineStatus>;
  /** Finished before the page opened, oldest first. */
  readonly past?: readonly { readonly request: RunRequest; readonly createdAt: number }[];
  /** Real milliseconds of a scripted one; below 1 it plays faster. */
  readonly pace?: number;
}

const NO_REGISTRY = { ok: false, reason: 'A scripted engine changes no model.' } as const;

const FLOW: FlowDescription = {
  name: 'retrain-sentiment',
  parameters: { threshold: { kind: 'number', default: 0.9, min: 0, max: 1 } },
  tasks: [
    {
      name: 'extract',
      options: { retries: 2, retryDelaySeconds: 5 },
      lines: { first: 4, last: 6 },
    },
    { name: 'train', options: {}, lines: { first: 8, last: 8 } },
    { name: 'evaluate', options: {}, lines: { first: 10, last: 12 } },
    { name: 'promote', options: {}, lines: { first: 14, last: 21 } },
  ],
};

/** An engine that plays scripted runs on the page's own timers. Nothing is trained and nothing is kept. */
export class FakeEngine implements EngineConnection {
  readonly #runs: { run: ScriptedRun; endedBy: number; createdAt: number }[] = [];
  readonly #listeners = new Set<(message: FeedMessage) => void>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #options: FakeEngineOptions;
  #deployment: DeploymentRecord = {
    id: asDeploymentId('retrain-sentiment/nightly'),
    name: 'nightly',
    flowId: 'retrain-sentiment',
    cron: '0 2 * * *',
    timezone: 'Europe/Berlin',
    paused: true,
    watermark: 0,
    lastSeq: 0,
  };

  constructor(options: FakeEngineOptions = {}) {
    this.#options = options;
    options.past?.forEach(({ request, createdAt }) => this.#add(request, createdAt));
  }

  start = async (): Promise<EngineStatus> => ({
    role: 'leader',
    storage: 'indexeddb',
    arrivalDay: 34,
    ...this.#options.status,
  });

  onMessage = (listener: (message: FeedMessage) => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  kill = (): void => {
    this.#timers.forEach(clearTimeout);
  };

  readonly api: EngineApi = {
    start: () => this.start(),
    check: async ([file]) => {
      const line = file?.text.split('\n').findIndex((text) => text.includes('!!')) ?? -1;
      if (line < 0) return { ok: true, flow: FLOW };
      const position = { file: 'flow.ts', line: line + 1, column: 3 };
      return {
        ok: false,
        problems: [{ message: 'Unexpected token: a value is missing here.', position }],
      };
    },
    startRun: async (request) => {
      const check = await this.api.check(request.files);
      if (!check.ok) return check;
      const run = this.#add(request, Date.now());
      this.#play(run, run.cues);
      return { ok: true, flowRunId: run.id, name: run.history().record.name };
    },
    reuseFor: async () => ({ ok: true, flowRunName: 'splendid-otter', taskRuns: [] }),
    cancelRun: async () => false,
    resumeRun: async () => ({ ok: false, problems: [{ message: 'No scripted run pauses.' }] }),
    runs: async (limit, before = Infinity) =>
      this.#runs
        .filter(({ createdAt }) => createdAt < before)
        .slice(0, limit)
        .map(({ run, createdAt }) => {
          const { record, events } = run.history(this.#elapsed(createdAt));
          const attempts = events.filter(({ body }) => body.kind === 'attempt.started').length;
          return { ...record, attempts };
        }),
    runHistory: async (id) => {
      const found = this.#runs.find(({ run }) => run.id === id);
      return found?.run.history(this.#elapsed(found.createdAt));
    },
    champion: async () => {
      const version = this.#versions().at(-1);
      if (!version) return undefined;
      const alias = {
        model: 'sentiment',
        alias: 'champion',
        version: version.version,
        movedAt: version.createdAt,
        reason: '',
      } as const;
      return { alias, version, container: new ArrayBuffer(8) };
    },
    modelVersions: async () => this.#versions(),
    gateHistory: async () => [],
    modelNames: async () => (this.#versions().length > 0 ? ['sentiment'] : []),
    modelAliases: async () => [],
    modelHistory: async () =>
      this.#versions().map(({ version, createdAt }, i) => ({
        v: EVENT_VERSION,
        streamId: 'model:sentiment',
        seq: i + 1,
        at: createdAt,
        body: {
          kind: 'alias.moved',
          model: 'sentiment',
          alias: 'champion',
          ...(i > 0 ? { from: version - 1 } : {}),
          to: version,
          reason: '',
        },
      })),
    modelFile: async () => undefined,
    flowSource: async () => undefined,
    moveAlias: async () => NO_REGISTRY,
    rollBack: async () => NO_REGISTRY,
    deleteVersion: async () => NO_REGISTRY,
    importModel: async () => NO_REGISTRY,
    checkCron: async (cron) => checkCron(cron),
    checkInterval: async () => ({ ok: false, reason: 'This engine knows crons only.' }),
    deployments: async () => [this.#deployment],
    setSchedule: async ({ cron, timezone, paused }) => {
      const check = checkCron(cron);
      if (check.ok) this.#deployment = { ...this.#deployment, cron, timezone, paused };
      return check;
    },
    upcoming: async () => {
      const check = checkCron(this.#deployment.cron);
      if (this.#deployment.paused || !check.ok) return [];
      const state = { type: 'SCHEDULED', name: 'Scheduled' } as const;
      return check.next.map((dueAt) => ({ key: `scheduled ${dueAt}`, dueAt, state }));
    },
    limits: async () => [],
    setConcurrency: async (_id, concurrency) => {
      const { concurrency: _before, ...rest } = this.#deployment;
      this.#deployment = {
        ...rest,
        ...(concurrency ? { concurrency: { strategy: 'ENQUEUE', ...concurrency } } : {}),
      };
      return { ok: true };
    },
    setLimit: async () => ({ ok: true }),
    artifacts: async () => [],
    artifact: async () => undefined,
    datasets: async () => [],
    datasetRows: async () => ({ rows: [], total: 0 }),
    beginImport: async () => ({ ok: false, reason: 'A scripted engine imports nothing.' }),
    appendRows: async () => ({ ok: false, reason: 'A scripted engine imports nothing.' }),
    commitImport: async () => ({ ok: false, reason: 'A scripted engine imports nothing.' }),
    abortImport: async () => undefined,
    deleteDataset: async () => ({ ok: false, reason: 'A scripted engine deletes nothing.' }),
    storageUse: async () => ({
      runs: this.#runs.length,
      removing: 0,
      usedBytes: 12_300_000,
      quotaBytes: 1_000_000_000,
      policy: {},
    }),
    retain: async ({ oldest = 0 }) => ({
      ok: true,
      runs: oldest === 0 ? 0 : this.#runs.splice(-oldest).length,
    }),
    setRetention: async () => ({ ok: true, runs: 0 }),
    exportState: async () => new ArrayBuffer(8),
    importState: async () => ({ ok: false, reason: 'A scripted engine loads no file.' }),
    ticks: async (_id, limit) =>
      [0, 1, 2].slice(0, limit).map((day) => ({
        deploymentId: this.#deployment.id,
        schedule: '0 2 * * *',
        dueAt: Math.floor(Date.now() / 86_400_000 - day) * 86_400_000 + 3_600_000,
        verdict: day === 1 ? 'missed' : 'ran',
        reason: day === 1 ? 'the tab was closed' : 'due while the tab was open',
        decidedAt: Date.now(),
      })),
  };

  say(message: FeedMessage): void {
    this.#listeners.forEach((listener) => listener(message));
  }

  #add(request: RunRequest, createdAt: number): ScriptedRun {
    const seed = this.#runs.length * 0.37 + 0.05;
    const name = this.#runs.length === 0 ? 'splendid-otter' : runName(() => (seed * 7) % 1);
    const run = new ScriptedRun(request, name, createdAt, this.#versions().length + 1);
    this.#runs.unshift({ run, createdAt, endedBy: createdAt + (run.cues.at(-1)?.at ?? 0) });
    return run;
  }

  #play(run: ScriptedRun, cues: readonly Cue[]): void {
    for (const cue of cues)
      this.#timers.add(setTimeout(() => this.#cue(run, cue), cue.at * (this.#options.pace ?? 1)));
  }

  #cue(run: ScriptedRun, cue: Cue): void {
    if (cue.kind === 'progress') return this.say({ ...cue, flowRunId: run.id });
    if (cue.kind === 'line')
      return this.say({ kind: 'lines', flowRunId: run.id, lines: [cue.line] });
    this.say({ kind: 'event', event: run.toEvent(cue.body) });
    if (cue.body.kind !== 'model.saved') return;
    const body = {
      kind: 'alias.moved',
      model: 'sentiment',
      alias: 'champion',
      to: cue.body.version,
      reason: '',
      flowRunId: run.id,
    } as const;
    this.say({
      kind: 'event',
      event: { ...run.toEvent(cue.body), streamId: 'model:sentiment', body },
    });
  }

  #elapsed(createdAt: number): number {
    return (Date.now() - createdAt) / (this.#options.pace ?? 1);
  }

  #versions(): readonly ModelVersionRecord[] {
    return [...this.#runs].reverse().flatMap(({ run, createdAt }) => {
      const { record } = run.history(this.#elapsed(createdAt));
      if (record.modelVersion === undefined || !isTerminal(record.state)) return [];
      const key = { flowRunId: run.id, flowAttempt: 1, taskName: 'promote', index: 0 };
      return [
        {
          model: 'sentiment',
          version: record.modelVersion,
          contentHash: asContentHash(`sha256-${'9'.repeat(64)}`),
          bytes: 182_000,
          metrics: { accuracy: record.verdict?.conditions[0]?.value ?? 0 },
          lineage: {
            flowRunId: run.id,
            flowRunName: record.name,
            taskRunId: taskRunId(key),
            ordinal: 0,
            sourceHash: record.sourceHash,
            parameters: {},
            seed: 7,
            snapshot: '',
            backend: 'wasm',
          },
          createdAt: record.endedAt ?? createdAt,
        },
      ];
    });
  }
}

function checkCron(cron: string): CronCheck {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5)
    return {
      ok: false,
      reason: `A cron has five fields, this one has ${fields.length}: minute, hour, day of month, month, day of week.`,
    };
  if (Number(fields[0]) > 59) return { ok: false, reason: `Minute: ${fields[0]} is above 59.` };
  if (fields[2] === '30' && fields[3] === '2')
    return {
      ok: false,
      reason: 'This cron never fires: February has no day 30. Choose another day of month.',
    };
  const day = Math.ceil(Date.now() / 86_400_000) * 86_400_000 + 3_600_000;
  return { ok: true, words: 'At 02:00 AM', next: [0, 1, 2].map((i) => day + i * 86_400_000) };
}

const NEGATIVE = ['dies', 'bad', 'noon', 'broke', 'terrible', 'slow', 'refund'];
const POSITIVE = ['gorgeous', 'good', 'love', 'great', 'perfect'];

export const fakePredictor: PredictorApi = {
  load: async () => undefined,
  explain: async (text): Promise<Explanation> => {
    const tokens = [...text.matchAll(/\p{L}+/gu)].flatMap(({ 0: word, index }) => {
      const sign = NEGATIVE.includes(word.toLowerCase())
        ? -1
        : POSITIVE.includes(word.toLowerCase())
          ? 1
          : 0;
      return sign === 0
        ? []
        : [{ start: index, end: index + word.length, contribution: sign * 0.9, known: true }];
    });
    const score = tokens.reduce((sum, token) => sum + token.contribution, 0);
    return {
      label: score >= 0 ? 1 : 0,
      confidence: 1 / (1 + Math.exp(-Math.abs(score))),
      score,
      bias: 0,
      tokens,
    };
  },
  keep: async () => undefined,
  explainBy: async (_key, text) => fakePredictor.explain(text),
  describe: async () => undefined,
  topWords: async () => undefined,
  tensorFlowFiles: async () => undefined,
};
