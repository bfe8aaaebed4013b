import { assertNever } from '#domain/assert-never.ts';
import { asContentHash, cacheEntryId, versionUser, type ContentHash } from '#domain/ids.ts';
import type { ContentUser, UseRecord } from '#domain/records.ts';
import type { Write } from '#domain/store.ts';

/**
 * The writes, and with them who uses which content from now on. Derived here so that no caller can forget it: content
 * whose use was not noted would be deleted with the first run that used it as well.
 */
export function withUses(writes: readonly Write[]): readonly Write[] {
  const uses = new Map<string, UseRecord>();
  for (const write of writes)
    for (const use of usesIn(write)) uses.set(`${use.hash} ${use.user}`, use);
  if (uses.size === 0) return writes;
  return [
    ...writes,
    ...[...uses.values()].map((record): Write => ({ store: 'uses', op: 'put', record })),
  ];
}

/** A use outlasts the record that told it: it ends with its user. */
export function usesIn(write: Write): readonly UseRecord[] {
  if (write.op === 'delete') return [];
  switch (write.store) {
    case 'flowRuns':
      return used(write.record.id, write.record.sourceHash, write.record.result?.hash);
    case 'taskRuns':
      return used(write.record.flowRunId, write.record.result?.hash);
    case 'journal':
      return used(write.record.flowRunId, write.record.outcome?.value);
    case 'values':
      return used(write.record.hash, ...hashesIn(write.record.bytes));
    case 'cache': {
      const { flowId, key, result } = write.record;
      return used(cacheEntryId(flowId, key), result.hash);
    }
    case 'artifacts': {
      const { flowRunId, content } = write.record;
      return 'hash' in content ? used(flowRunId, asContentHash(content.hash)) : [];
    }
    case 'modelVersions': {
      const { model, version, contentHash, lineage } = write.record;
      return used(versionUser(model, version), contentHash, lineage.sourceHash);
    }
    case 'flows':
    case 'events':
    case 'lines':
    case 'checkpoints':
    case 'datasets':
    case 'datasetDays':
    case 'rowChunks':
    case 'verdicts':
    case 'aliases':
    case 'deployments':
    case 'ticks':
    case 'settings':
    case 'limits':
    case 'uses':
    case 'removals':
      return [];
    default:
      return assertNever(write);
  }
}

const used = (
  user: ContentUser,
  ...hashes: readonly (ContentHash | undefined)[]
): readonly UseRecord[] =>
  hashes.flatMap((hash) => (hash === undefined || hash === user ? [] : [{ hash, user }]));

const PREFIX = new TextEncoder().encode('sha256-');
const DIGITS = 64;

/**
 * What a value refers to: encoded references hold hashes as plain text. Bytes that only look like a hash keep what it
 * names; nothing that is referred to is missed.
 */
function hashesIn(bytes: ArrayBuffer): readonly ContentHash[] {
  const all = new Uint8Array(bytes);
  const found = new Set<ContentHash>();
  const [first = 0] = PREFIX;
  for (let at = all.indexOf(first); at >= 0; at = all.indexOf(first, at + 1)) {
    const hash = hashAt(all, at);
    if (hash !== undefined) found.add(hash);
  }
  return [...found];
}

function hashAt(all: Uint8Array, at: number): ContentHash | undefined {
  const end = at + PREFIX.length + DIGITS;
  if (end > all.length || !PREFIX.every((letter, i) => all[at + i] === letter)) return undefined;
  for (let i = at + PREFIX.length; i < end; i++) if (!isHexDigit(all[i] ?? 0)) return undefined;
  return asContentHash(String.fromCharCode(...all.subarray(at, end)));
}

const isHexDigit = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);
