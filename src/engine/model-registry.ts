import { EVENT_VERSION, type EventBody, type ModelEvent } from '#domain/events.ts';
import type { Champion } from '#domain/engine-api.ts';
import type { HostRequest } from '#domain/host-api.ts';
import { asContentHash, modelStream } from '#domain/ids.ts';
import type { DatasetFacts, FoundModel, ModelAlias } from '#domain/models.ts';
import type {
  AliasRecord,
  EventRecord,
  ModelVersionRecord,
  TaskRunRecord,
} from '#domain/records.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { EnginePorts } from './ports.ts';
import type { RunContext } from './run-context.ts';

type SaveModel = Extract<HostRequest, { method: 'saveModel' }>;

/** Immutable versions, and the alias that says which one answers. */
export class ModelRegistry {
  readonly #ports: EnginePorts;
  /** Two saves at once would take the same version. */
  readonly #turns = new OneAtATime();

  constructor(ports: EnginePorts) {
    this.#ports = ports;
  }

  /** Idempotent by (task run, ordinal). @throws Error when the weights are not kept */
  save(run: RunContext, task: TaskRunRecord, request: SaveModel): Promise<{ version: number }> {
    return this.#turns.run(() => this.#save(run, task, request));
  }

  /** By its number, or by the alias that points to it. */
  async find(model: string, which: ModelAlias | number): Promise<FoundModel | undefined> {
    const version = await (typeof which === 'number'
      ? this.#ports.store.get('modelVersions', [model, which])
      : this.#versionOf(model, which));
    return version && foundModel(version);
  }

  async champion(model: string): Promise<Champion | undefined> {
    const alias = await this.#ports.store.get('aliases', [model, 'champion']);
    const version = await this.#versionOf(model, 'champion');
    const value = version && (await this.#ports.store.get('values', version.contentHash));
    return alias && version && value && { alias, version, container: value.bytes };
  }

  async #versionOf(model: string, name: ModelAlias): Promise<ModelVersionRecord | undefined> {
    const alias = await this.#ports.store.get('aliases', [model, name]);
    return alias && this.#ports.store.get('modelVersions', [model, alias.version]);
  }

  async #save(
    run: RunContext,
    task: TaskRunRecord,
    request: SaveModel,
  ): Promise<{ version: number }> {
    const before = await this.#ports.store.modelVersionByCall(task.id, request.ordinal);
    if (before) return { version: before.version };
    if (!(await this.#ports.store.get('values', asContentHash(request.hash))))
      throw new Error(`The weights of ${request.model} were not kept before it was saved.`);
    const versions = await this.#ports.store.modelVersions(request.model);
    const version = this.#versionRecord(run, task, request, (versions.at(-1)?.version ?? 0) + 1);
    await this.#keep(run, task, version, request.alias);
    return { version: version.version };
  }

  /**
   * Invariant: one strict transaction over the version, the alias and their events; the weights are stored before.
   */
  async #keep(
    run: RunContext,
    task: TaskRunRecord,
    version: ModelVersionRecord,
    name: ModelAlias,
  ): Promise<void> {
    const { model } = version;
    const current = await this.#ports.store.get('aliases', [model, name]);
    const alias: AliasRecord = {
      model,
      alias: name,
      version: version.version,
      movedAt: version.createdAt,
      reason: reasonOf(run),
    };
    const moved: ModelEvent = {
      kind: 'alias.moved',
      model,
      alias: name,
      ...(current ? { from: current.version } : {}),
      to: version.version,
      reason: alias.reason,
      flowRunId: task.flowRunId,
    };
    const saved: EventBody = {
      kind: 'model.saved',
      taskRunId: task.id,
      model,
      version: version.version,
      bytes: version.bytes,
      ...(name === 'champion' ? {} : { alias: name }),
    };
    const champion = name === 'champion' ? { modelVersion: version.version } : {};
    const event = await this.#modelEvent(model, moved, version.createdAt);
    await run.log.commit(
      [saved],
      [
        { store: 'modelVersions', op: 'add', record: version },
        { store: 'aliases', op: 'put', record: alias },
        { store: 'events', op: 'add', record: event },
        { store: 'flowRuns', op: 'put', record: run.note(champion) },
      ],
      'strict',
    );
    this.#ports.feed.publish({ kind: 'event', event });
  }

  async #modelEvent(model: string, body: ModelEvent, at: number): Promise<EventRecord> {
    const streamId = modelStream(model);
    const before = await this.#ports.store.events(streamId);
    const seq = (before.at(-1)?.seq ?? 0) + 1;
    return { v: EVENT_VERSION, streamId, seq, at, body };
  }

  #versionRecord(
    run: RunContext,
    task: TaskRunRecord,
    request: SaveModel,
    version: number,
  ): ModelVersionRecord {
    const flowRun = run.record();
    return {
      model: request.model,
      version,
      contentHash: asContentHash(request.hash),
      bytes: request.bytes,
      metrics: request.metrics,
      lineage: {
        flowRunId: flowRun.id,
        flowRunName: flowRun.name,
        taskRunId: task.id,
        ordinal: request.ordinal,
        sourceHash: flowRun.sourceHash,
        parameters: flowRun.parameters,
        seed: flowRun.seed,
        snapshot: request.snapshot,
        backend: request.backend,
        ...(request.data ? { data: trainedOn(request.data) } : {}),
      },
      createdAt: this.#ports.clock.now(),
    };
  }
}

function foundModel({ version, contentHash, lineage }: ModelVersionRecord): FoundModel {
  return { version, hash: contentHash, ...(lineage.data ? { data: lineage.data } : {}) };
}

function trainedOn(data: NonNullable<SaveModel['data']>): DatasetFacts {
  const { flipped, contentHash, ...facts } = data;
  return {
    ...facts,
    contentHash: asContentHash(contentHash),
    ...(flipped === undefined ? {} : { flipped }),
  };
}

function reasonOf(run: RunContext): string {
  const { name, verdict } = run.record();
  return `flow run ${name}${verdict ? `: ${verdict.reason}` : ''}`;
}
