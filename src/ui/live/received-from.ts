import type { RunView } from '#domain/run-view.ts';
import { taskRunById } from '#domain/task-run-list.ts';
import { count } from '#ui/layout/numbers.ts';

const TOLD = 10;

/** `extract-0, train-0`; of very many the first: `shard-0, ..., shard-9 and 9,990 more`. */
export function receivedFrom(view: RunView, dependsOn: readonly string[]): string {
  if (dependsOn.length === 0) return 'none';
  const names = dependsOn.slice(0, TOLD).map((id) => taskRunById(view.taskRuns, id)?.name ?? id);
  const more = dependsOn.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}`;
}
