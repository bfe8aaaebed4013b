import type { FlowRunRecord } from '#domain/records.ts';
import type { ReusePlan } from './reuse-plan.ts';
import type { RunLog } from './run-log.ts';
import type { MadeFrom } from './run-origin.ts';

/** What a reader of the log must know before the first result is reused. */
export function sayReuse(
  log: RunLog,
  { origin }: MadeFrom,
  plan: ReusePlan,
  run: FlowRunRecord,
): void {
  const { earlier, nothing } = plan;
  if (origin.kind === 're-run' && origin.from === undefined) return;
  if (nothing !== undefined)
    return log.say('WARNING', `Nothing of ${earlier.name} is reused: ${nothing}`);
  const other = [
    ...(earlier.sourceHash === run.sourceHash ? [] : ['another source']),
    ...(earlier.seed === run.seed ? [] : [`seed ${earlier.seed}`]),
    ...(earlier.arrivalDay === run.arrivalDay ? [] : [`the data of day ${earlier.arrivalDay}`]),
  ];
  if (other.length > 0) log.say('INFO', `What is reused was made with ${other.join(', ')}`);
}
