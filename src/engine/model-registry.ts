import type { EventBody, ModelEvent } from '#domain/events.ts';
import type { Champion } from '#domain/engine-api.ts';
import type { HostRequest } from '#domain/host-api.ts';
import { asContentHash, type FlowRunId } from '#domain/ids.ts';
import type { AliasMove, ModelChange, ModelImport } from '#domain/model-api.ts';
import type { ModelHistory } from '#domain/model-history.ts';
import {
  MODEL_ALIASES,
  type DatasetFacts,
  type FoundModel,
  type ModelAlias,
} from '#domain/models.ts';
import type { AliasRecord, ModelVersionRecord, TaskRunRecord } from '#domain/records.ts';
import type { Write } from '#domain/store.ts';
import { ModelChanges, NOTHING } from './model-changes.ts';
import { importModel } from './model-import.ts';
import { addEvents, nextModelEvents, nextVersion, readModelHistory } from './model-stream.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { EnginePorts } from './ports.ts';
import type { RunContext } from './run-context.ts';

/** An alias is to point to a version, which comes with it where it is new. */
interface Pointing {
  readonly version: ModelVersionRecord;
  readonly alias: ModelAlias;
  readonly added: readonly Write[];
  readonly history: ModelHistory;
}

type SaveModel = Extract<HostRequest, { method: 'saveModel' }>;

/** Immutable versions, and the alias that says which one answers. */
export class ModelRegistry {
  readonly #ports: EnginePorts;
  /** Two saves at once would take the same version. */
  readonly #turns = new OneAtATime();

  readonly #changes: ModelChanges;

  constructor(ports: EnginePorts) {
    this.#ports = ports;
    this.#changes = new ModelChanges(ports);
  }

  /** Idempotent by (task run, ordinal). @throws Error when the weights are not kept */
  save(run: RunContext, task: TaskRunRecord, request: SaveModel): Promise<{ version: number }> {
    return this.#turns.run(() => this.#save(run, task, request));
  }

  /** By its number, or by the alias that points to it. From then on it is in use by the run, and stays. */
  find(
    run: RunContext,
    model: string,
    which: ModelAlias | number,
  ): Promise<FoundModel | undefined> {
    return this.#turns.run(async () => {
      const { store } = this.#ports;
      const version = await (typeof which === 'number'
        ? store.get('modelVersions', [model, which])
        : this.#versionOf(model, which));
      if (!version) return undefined;
      const use = { hash: version.contentHash, user: run.record().id };
      await store.commit([{ store: 'uses', op: 'put', record: use }]);
      return foundModel(version);
    });
  }

  moveAlias(move: AliasMove): Promise<ModelChange> {
    return this.#turns.run(() => this.#changes.moveAlias(move));
  }

  rollBack(model: string, reason: string): Promise<ModelChange> {
    return this.#turns.run(() => this.#changes.rollBack(model, reason));
  }

  delete(model: string, version: number): Promise<ModelChange> {
    return this.#turns.run(() => this.#changes.delete(model, version));
  }

  import(request: ModelImport): Promise<ModelChange> {
    return this.#turns.run(() => importModel(this.#ports, this.#changes, request));
  }

  async aliases(model: string): Promise<readonly AliasRecord[]> {
    const all = MODEL_ALIASES.map((alias) => this.#ports.store.get('aliases', [model, alias]));
    return (await Promise.all(all)).filter((one) => one !== undefined);
  }

  async file(model: string, version: number): Promise<ArrayBuffer | undefined> {
    const record = await this.#ports.store.get('modelVersions', [model, version]);
    return record && (await this.#ports.store.get('values', record.contentHash))?.bytes;
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
    const history = await readModelHistory(this.#ports.store, request.model);
    // A task that keeps a model as challenger and then promotes it means one version, not two.
    const kept = versions.find(
      ({ contentHash, lineage }) =>
        contentHash === request.hash && lineage.flowRunId === task.flowRunId,
    );
    // Said before, by an attempt that was lost: where the alias went since is none of this call's business.
    if (kept && lastPointedTo(history, task.flowRunId, request.alias) === kept.version)
      return { version: kept.version };
    const version = kept ?? this.#versionRecord(run, task, request, nextVersion(versions, history));
    const added: readonly Write[] = kept
      ? []
      : [{ store: 'modelVersions', op: 'add', record: version }];
    await this.#point(run, task, { version, alias: request.alias, added, history });
    return { version: version.version };
  }

  /**
   * Invariant: one strict transaction over the version, the alias and their events; the weights are stored before.
   */
  async #point(
    run: RunContext,
    task: TaskRunRecord,
    { version: { model, version, bytes }, alias: name, added, history }: Pointing,
  ): Promise<void> {
    const current = await this.#ports.store.get('aliases', [model, name]);
    const [at, reason] = [this.#ports.clock.now(), reasonOf(run)];
    const alias: AliasRecord = { model, alias: name, version, movedAt: at, reason };
    const moved: ModelEvent = {
      kind: 'alias.moved',
      model,
      alias: name,
      ...(current ? { from: current.version } : {}),
      to: version,
      reason,
      flowRunId: task.flowRunId,
    };
    const done =
      name === 'champion' ? await this.#changes.noLongerChallenger(model, version) : NOTHING;
    const saved: EventBody = {
      kind: 'model.saved',
      taskRunId: task.id,
      model,
      version,
      bytes,
      ...(name === 'champion' ? {} : { alias: name }),
    };
    const events = nextModelEvents(history, model, [moved, ...done.bodies], at);
    const noted: readonly Write[] =
      name === 'champion'
        ? [{ store: 'flowRuns', op: 'put', record: run.note({ modelVersion: version }) }]
        : [];
    await run.log.commit(
      [saved],
      [
        ...added,
        { store: 'aliases', op: 'put', record: alias },
        ...done.writes,
        ...addEvents(events),
        ...noted,
      ],
      'strict',
    );
    for (const event of events) this.#ports.feed.publish({ kind: 'event', event });
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
      ...(request.features === undefined ? {} : { features: request.features }),
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

/** Where the run last moved the alias. */
const lastPointedTo = (
  history: ModelHistory,
  flowRunId: FlowRunId,
  alias: ModelAlias,
): number | undefined => {
  const last = history.findLast(
    ({ body }) =>
      body.kind === 'alias.moved' && body.flowRunId === flowRunId && body.alias === alias,
  );
  return last?.body.kind === 'alias.moved' ? last.body.to : undefined;
};

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
