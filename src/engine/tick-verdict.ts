import { describeReason } from '#domain/reasons.ts';
import type { DeploymentRecord, TickRecord } from '#domain/records.ts';
import { LIMIT_IS_ZERO, type DeploymentSlots } from './deployment-slots.ts';
import type { ReadyRun } from './ready-run.ts';
import type { PreparedRun } from './run-starter.ts';
import { scheduleName, scheduledTicks } from './schedule-ticks.ts';
import { inputOfAnswer, type StartAnswer } from './scheduled-start.ts';

const MAX_MISSED = 1000;

/** What becomes of a due tick, and the run that it starts. */
interface Decision {
  readonly verdict: Pick<TickRecord, 'verdict' | 'flowRunId' | 'reason'>;
  readonly run?: ReadyRun;
}

/** The slot of the run is taken here, so that its tick can say whether it runs. */
export function decisionOn(
  deployment: DeploymentRecord,
  prepared: PreparedRun,
  slots: DeploymentSlots,
): Decision {
  const skipped = (reason: string): Decision => ({ verdict: { verdict: 'skipped', reason } });
  if (!prepared.ok)
    return skipped(prepared.problems[0]?.message ?? 'the run could not be prepared');
  if (deployment.concurrency?.limit === 0) return skipped(LIMIT_IS_ZERO);
  const answer = slots.ask(deployment, prepared.record);
  const run = prepared.after(inputOfAnswer(answer));
  return { run, verdict: { flowRunId: run.record.id, ...verdictOn(answer) } };
}

function verdictOn(answer: StartAnswer): Pick<TickRecord, 'verdict' | 'reason'> {
  switch (answer.kind) {
    case 'start':
      return { verdict: 'ran', reason: 'due, and the tab was open' };
    case 'wait':
      return { verdict: 'ran', reason: `due; ${describeReason({ ...answer, kind: 'no slot' })}` };
    case 'refuse':
      return { verdict: 'skipped', reason: answer.reason };
  }
}

/** Those since the watermark, a thousand at most, oldest first; `reason` says why nobody was there. */
export const missedTicks = (
  deployment: DeploymentRecord,
  now: number,
  reason: string,
): readonly TickRecord[] =>
  scheduledTicks(deployment, deployment.watermark, now, MAX_MISSED).map((dueAt) => ({
    deploymentId: deployment.id,
    schedule: scheduleName(deployment),
    dueAt,
    verdict: 'missed',
    reason,
    decidedAt: now,
  }));
