import { StorageClosed, StorageFull } from '#domain/store.ts';

export const MAKE_ROOM =
  'Delete old runs on the Runs page, or free some space on this device, and reload the page.';

/** What a person is told when the engine can no longer write. */
export function whyStopped(error: unknown): string {
  if (error instanceof StorageFull)
    return `${error.message} Nothing half written was kept. ${MAKE_ROOM} What was running goes on then.`;
  if (error instanceof StorageClosed) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
