import type { AliasMoved, ModelEvent } from '#domain/events.ts';
import { versionUser } from '#domain/ids.ts';
import { MAX_REASON, type AliasMove, type ModelChange } from '#domain/model-api.ts';
import { rollbackTarget } from '#domain/model-history.ts';
import { MODEL_ALIASES, type ModelAlias } from '#domain/models.ts';
import type { AliasRecord, ModelVersionRecord } from '#domain/records.ts';
import { StorageFull, type Store, type Write } from '#domain/store.ts';
import { addEvents, nextModelEvents, readModelHistory } from './model-stream.ts';
import type { EnginePorts } from './ports.ts';

type Ports = Pick<EnginePorts, 'clock' | 'feed' | 'store'>;

const refused = (reason: string): ModelChange => ({ ok: false, reason });

const NO_REASON = 'Write why: the reason is kept in the history of the model. Nothing was changed.';
const TOO_LONG = `The reason is longer than ${MAX_REASON} characters. Shorten it. Nothing was changed.`;
const CHAMPION_STAYS =
  'The champion cannot be taken away: something must answer. Promote another version in its place.';

/** Moves aliases, whoever wants it. One strict transaction each; whoever calls sees to it that no two are under way. */
export class ModelChanges {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  async moveAlias({ model, alias, version, reason }: AliasMove): Promise<ModelChange> {
    const said = reason.trim();
    const wrong = wrongReason(said);
    if (wrong) return refused(wrong);
    if (version === undefined) return this.#takeAway(model, alias, said);
    const current = await this.#ports.store.get('aliases', [model, alias]);
    if (current?.version === version)
      return refused(`Version ${version} is the ${alias} already. Nothing was changed.`);
    return this.#moveTo(model, version, { alias, reason: said, from: current?.version });
  }

  async rollBack(model: string, reason: string): Promise<ModelChange> {
    const said = reason.trim();
    const wrong = wrongReason(said);
    if (wrong) return refused(wrong);
    const { store } = this.#ports;
    const current = await store.get('aliases', [model, 'champion']);
    const there = new Set((await store.modelVersions(model)).map(({ version }) => version));
    const to = rollbackTarget(await readModelHistory(store, model), (one) => there.has(one));
    if (current === undefined || to === undefined)
      return refused(
        `There is nothing to go back to: no earlier champion of '${model}' is left. Promote another version in its place.`,
      );
    const move = {
      alias: 'champion',
      reason: said,
      from: current.version,
      rollback: true,
    } as const;
    return this.#moveTo(model, to, move);
  }

  async delete(model: string, version: number): Promise<ModelChange> {
    const { store } = this.#ports;
    const record = await store.get('modelVersions', [model, version]);
    if (!record) return refused(noSuch(model, version));
    const needed = (await whyNeededByAlias(store, record)) ?? (await whyNeededByRun(store, record));
    if (needed) return refused(needed);
    const deleted = { kind: 'version.deleted', model, version } as const;
    const writes: Write[] = [{ store: 'modelVersions', op: 'delete', key: [model, version] }];
    return this.commit(model, [deleted], writes, { version, release: true });
  }

  /** The events and what they tell of, in one strict transaction; then they are told. */
  async commit(
    model: string,
    bodies: readonly ModelEvent[],
    writes: readonly Write[],
    { version, release = false }: { readonly version: number; readonly release?: boolean },
  ): Promise<ModelChange> {
    const { clock, feed, store } = this.#ports;
    const history = await readModelHistory(store, model);
    const events = nextModelEvents(history, model, bodies, clock.now());
    const all = [...writes, ...addEvents(events)];
    try {
      if (release) await store.commitAndRelease(all, versionUser(model, version));
      else await store.commit(all, 'strict');
    } catch (error) {
      if (!(error instanceof StorageFull)) throw error;
      return refused(
        `${error.message} Nothing was changed. Delete old runs on the Runs page, or free some space on this device.`,
      );
    }
    for (const event of events) feed.publish({ kind: 'event', event });
    return { ok: true, version };
  }

  async #moveTo(
    model: string,
    version: number,
    move: Pick<AliasMoved, 'alias' | 'reason' | 'rollback'> & { readonly from: number | undefined },
  ): Promise<ModelChange> {
    const { clock, store } = this.#ports;
    const record = await store.get('modelVersions', [model, version]);
    if (!record) return refused(noSuch(model, version));
    if (!(await store.get('values', record.contentHash)))
      return refused(
        `The weights of version ${version} are not stored, so it could not answer. Train or import a version, and promote that.`,
      );
    const { alias, from, reason, rollback } = move;
    const moved: AliasMoved = {
      kind: 'alias.moved',
      model,
      alias,
      ...(from === undefined ? {} : { from }),
      to: version,
      reason,
      ...(rollback ? { rollback } : {}),
    };
    const put: AliasRecord = { model, alias, version, movedAt: clock.now(), reason };
    const done = alias === 'champion' ? await this.noLongerChallenger(model, version) : NOTHING;
    const writes: Write[] = [{ store: 'aliases', op: 'put', record: put }, ...done.writes];
    return this.commit(model, [moved, ...done.bodies], writes, { version });
  }

  /** A challenger that became the champion has nobody to challenge. */
  async noLongerChallenger(model: string, version: number): Promise<Removal> {
    const challenger = await this.#ports.store.get('aliases', [model, 'challenger']);
    return challenger?.version === version
      ? removal(challenger, 'it became the champion')
      : NOTHING;
  }

  async #takeAway(model: string, alias: ModelAlias, reason: string): Promise<ModelChange> {
    if (alias === 'champion') return refused(CHAMPION_STAYS);
    const current = await this.#ports.store.get('aliases', [model, alias]);
    if (!current) return refused(`'${model}' has no ${alias}. Nothing was changed.`);
    const { bodies, writes } = removal(current, reason);
    return this.commit(model, bodies, writes, { version: current.version });
  }
}

interface Removal {
  readonly bodies: readonly ModelEvent[];
  readonly writes: readonly Write[];
}

export const NOTHING: Removal = { bodies: [], writes: [] };

const removal = ({ model, alias, version }: AliasRecord, reason: string): Removal => ({
  bodies: [{ kind: 'alias.removed', model, alias, from: version, reason }],
  writes: [{ store: 'aliases', op: 'delete', key: [model, alias] }],
});

function wrongReason(reason: string): string | undefined {
  if (reason === '') return NO_REASON;
  return reason.length > MAX_REASON ? TOO_LONG : undefined;
}

const noSuch = (model: string, version: number): string =>
  `There is no version ${version} of '${model}': it may have been deleted. Choose another version.`;

async function whyNeededByAlias(
  store: Store,
  { model, version }: ModelVersionRecord,
): Promise<string | undefined> {
  for (const alias of MODEL_ALIASES) {
    const held = await store.get('aliases', [model, alias]);
    if (held?.version !== version) continue;
    const next =
      alias === 'champion'
        ? 'Promote another version first.'
        : 'Take that alias away first, or make another version the challenger.';
    return `Version ${version} is the ${alias}, so it stays. ${next}`;
  }
  return undefined;
}

/** Whoever stored or loaded the weights is among their users. */
async function whyNeededByRun(
  store: Store,
  { version, contentHash }: ModelVersionRecord,
): Promise<string | undefined> {
  const users = new Set(await store.usersOf(contentHash));
  const run = (await store.activeFlowRuns()).find(({ id }) => users.has(id));
  return (
    run &&
    `Version ${version} is in use by the run '${run.name}', which is under way. Wait until it has ended, or cancel it, and delete the version then.`
  );
}
