import type { AuthorWorker, Lost } from '#domain/ports.ts';

/**
 * A call that rejects says nothing about the author's code, only that its worker cannot be understood any more: it is
 * ended, and what it was doing is lost.
 */
export async function lostWhenBroken<T>(
  worker: AuthorWorker,
  call: Promise<T | Lost>,
): Promise<T | Lost> {
  try {
    return await call;
  } catch {
    worker.terminate('worker terminated');
    return { lost: 'worker terminated' };
  }
}
