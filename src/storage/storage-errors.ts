import { StorageClosed, StorageFull } from '#domain/store.ts';

/** Why a connection ended while the page still wanted it, or that the page closed it itself. */
export type ClosedReason = 'upgraded' | 'deleted' | 'terminated' | 'closed';

const CLOSED: Readonly<Record<ClosedReason, string>> = {
  upgraded: 'Another tab runs a newer Nightshift and upgraded the storage: reload this page.',
  deleted: "This site's storage was deleted elsewhere: reload this page.",
  terminated: 'The browser ended the connection to the storage: reload this page.',
  closed: 'The store was closed.',
};

type RefusedReason = 'missing' | 'refused' | 'blocked';

const REFUSED: Readonly<Record<RefusedReason, string>> = {
  missing: 'This browser offers no IndexedDB here.',
  refused: 'The browser refused to open IndexedDB; private windows often do.',
  blocked: 'Another tab keeps the storage from opening: close the other tabs of this site.',
};

/** There is no durable storage to be had: the caller may go on with a memory store and must say so. */
export class StorageRefused extends Error {
  override readonly name = 'StorageRefused';
  readonly reason: RefusedReason;
  constructor(reason: RefusedReason, cause?: unknown) {
    super(REFUSED[reason], { cause });
    this.reason = reason;
  }
}

export const storageClosed = (reason: ClosedReason, cause?: unknown): StorageClosed =>
  new StorageClosed(CLOSED[reason], { cause });

/**
 * Firefox rejects the request with QuotaExceededError, its transaction with AbortError, and may answer the
 * next write with InvalidStateError; Chromium gives QuotaExceededError on the transaction alone.
 */
const NO_ROOM: ReadonlySet<string> = new Set([
  'QuotaExceededError',
  'AbortError',
  'InvalidStateError',
]);

/** What a failed call of the store rejects with: the contract's error where there is one for it. */
export function asStorageError(error: unknown, closed: ClosedReason | undefined): Error {
  if (!(error instanceof Error)) return new Error('The storage failed.', { cause: error });
  if (!NO_ROOM.has(error.name)) return error;
  if (closed !== undefined) return storageClosed(closed, error);
  return new StorageFull('The browser gave no more room.', { cause: error });
}

/** What a failed attempt to open rejects with. */
export function asOpenError(error: unknown): Error {
  if (error instanceof StorageRefused) return error;
  const newer = error instanceof Error && error.name === 'VersionError';
  return newer ? storageClosed('upgraded', error) : new StorageRefused('refused', error);
}
