import type { Problem } from '#domain/engine-api.ts';
import { describeFailure, type Failure } from '#domain/failures.ts';

/** Why a source that was compiled did not load, for whoever wrote it. */
export function loadProblem(failure: Failure): Problem {
  if (failure.kind === 'lost')
    return { message: `The source could not be loaded: ${failure.cause}. Press Run again.` };
  return {
    message: `${describeFailure(failure).replace(/\.$/, '')}. Mend it and press Run again.`,
    ...('position' in failure && failure.position ? { position: failure.position } : {}),
  };
}
