import type { ModelEvent } from '#domain/events.ts';
import { NAME } from '#domain/host-api.ts';
import type { ContentHash } from '#domain/ids.ts';
import { modelFileTooLarge, type ModelChange, type ModelImport } from '#domain/model-api.ts';
import type { ModelFileAbout } from '#domain/models.ts';
import type { ModelVersionRecord } from '#domain/records.ts';
import type { Write } from '#domain/store.ts';
import type { ModelChanges } from './model-changes.ts';
import { nextVersion, readModelHistory } from './model-stream.ts';
import type { EnginePorts } from './ports.ts';

type Ports = Pick<EnginePorts, 'clock' | 'hasher' | 'modelFiles' | 'store'>;

/** Keeps a model file as the next version of a model; whoever calls sees to it that nothing else changes the model meanwhile. */
export async function importModel(
  ports: Ports,
  changes: ModelChanges,
  request: ModelImport,
): Promise<ModelChange> {
  const { model, fileName, file } = request;
  const refused = (why: string): ModelChange => ({
    ok: false,
    reason: `${fileName} was not imported: ${why} Nothing was changed.`,
  });
  if (!NAME.test(model))
    return refused(
      `'${model}' cannot be the name of a model. Use letters, digits, spaces, dots, hyphens and underscores, up to 100.`,
    );
  const large = modelFileTooLarge(fileName, file.byteLength);
  if (large) return { ok: false, reason: large };
  const read = ports.modelFiles.read(file);
  if (!read.ok) return refused(read.reason);
  const contentHash = await ports.hasher.hash(file);
  const versions = await ports.store.modelVersions(model);
  const same = versions.find((one) => one.contentHash === contentHash);
  if (same) return refused(`it is version ${same.version} of '${model}' already.`);
  const version = nextVersion(versions, await readModelHistory(ports.store, model));
  const record = versionRecord(request, read.about, {
    version,
    contentHash,
    at: ports.clock.now(),
  });
  return keep(ports, changes, request, record);
}

async function keep(
  { store }: Ports,
  changes: ModelChanges,
  { model, fileName, file, alias }: ModelImport,
  record: ModelVersionRecord,
): Promise<ModelChange> {
  const { version, contentHash, createdAt } = record;
  const before = alias && (await store.get('aliases', [model, alias]));
  const reason = `imported from ${fileName}`;
  const imported: ModelEvent = { kind: 'version.imported', model, version, file: fileName };
  const from = before ? { from: before.version } : {};
  const moved: readonly ModelEvent[] = alias
    ? [{ kind: 'alias.moved', model, alias, ...from, to: version, reason }]
    : [];
  const put: readonly Write[] = alias
    ? [
        {
          store: 'aliases',
          op: 'put',
          record: { model, alias, version, movedAt: createdAt, reason },
        },
      ]
    : [];
  const writes: readonly Write[] = [
    { store: 'values', op: 'put', record: { hash: contentHash, bytes: file } },
    { store: 'modelVersions', op: 'add', record },
    ...put,
  ];
  return changes.commit(model, [imported, ...moved], writes, { version });
}

function versionRecord(
  { model, fileName, file }: ModelImport,
  { features, trainedRows, seed, snapshot, backend, metrics, createdBy }: ModelFileAbout,
  { version, contentHash, at }: { version: number; contentHash: ContentHash; at: number },
): ModelVersionRecord {
  return {
    model,
    version,
    contentHash,
    bytes: file.byteLength,
    metrics,
    features,
    lineage: { file: { name: fileName, createdBy, trainedRows }, seed, snapshot, backend },
    createdAt: at,
  };
}
