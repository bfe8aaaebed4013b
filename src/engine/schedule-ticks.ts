import type { CronCheck, UpcomingTick } from '#domain/engine-api.ts';
import type { DeploymentRecord } from '#domain/records.ts';
import { scheduled } from '#domain/states.ts';
import { checkCron, dueTicks } from './cron.ts';
import { checkInterval, intervalTicks } from './interval.ts';

type Schedule = Pick<DeploymentRecord, 'cron' | 'interval' | 'timezone'>;

const MIN_TICKS = 3;
const MIN_AHEAD_MS = 3_600_000;
const MAX_TICKS = 100;
const MAX_AHEAD_MS = 100 * 86_400_000;

/** Its name in the key of a tick. */
export const scheduleName = ({ interval }: Schedule): string => (interval ? 'interval' : 'cron');

export const checkSchedule = ({ cron, interval, timezone }: Schedule, from: number): CronCheck =>
  interval ? checkInterval(interval, timezone, from) : checkCron(cron, timezone, from);

/** Due instants in (after, until], at most `limit`, oldest first. */
export const scheduledTicks = (
  { cron, interval, timezone }: Schedule,
  after: number,
  until: number,
  limit: number,
): readonly number[] =>
  interval
    ? intervalTicks(interval, timezone, after, until, limit)
    : dueTicks(cron, timezone, after, until, limit);

export const nextTick = (schedule: Schedule, after: number): number | undefined =>
  scheduledTicks(schedule, after, Infinity, 1)[0];

/** Until there are enough and they reach far enough, as Prefect's scheduler keeps runs ahead. */
export function upcomingTicks(deployment: DeploymentRecord, now: number): readonly UpcomingTick[] {
  if (deployment.paused) return [];
  const due = scheduledTicks(deployment, now, now + MAX_AHEAD_MS, MAX_TICKS);
  const last = due.findIndex((at, i) => i + 1 >= MIN_TICKS && at >= now + MIN_AHEAD_MS);
  return due.slice(0, last < 0 ? MAX_TICKS : last + 1).map((dueAt) => ({
    key: `scheduled ${deployment.id} ${scheduleName(deployment)} ${new Date(dueAt).toISOString()}`,
    dueAt,
    state: scheduled(),
  }));
}
