import type { EnginePorts } from './ports.ts';
import type { RunContext } from './run-context.ts';

type TimeoutContext = Pick<RunContext, 'record' | 'resumption'> & {
  readonly ports: Pick<EnginePorts, 'clock'>;
};

/**
 * Calls back once the flow attempt has gone on for longer than its flow allows. The time for which it was paused does
 * not count: a pause has a timeout of its own. The result stops it.
 */
export function whenTimedOut(
  { record, resumption, ports: { clock } }: TimeoutContext,
  startedAt: number,
  onTimeout: (seconds: number) => void,
): () => void {
  const { timeoutSeconds } = record().policy;
  if (timeoutSeconds === undefined) return () => undefined;
  const due = () => startedAt + timeoutSeconds * 1000 + (record().pausedMs ?? 0);
  let stop: () => void;
  const arm = () => (stop = clock.at(due(), check));
  const check = () => {
    if (record().pause) stop = resumption.onResume(arm);
    else if (clock.now() < due()) arm();
    else onTimeout(timeoutSeconds);
  };
  arm();
  return () => stop();
}
