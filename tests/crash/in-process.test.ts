import { beforeAll, describe, expect, it } from 'vitest';
import { sessionWith, type CrashedSession, type InProcessWay } from './in-process.ts';
import { judge } from './judgement.ts';

/** In npm test all points meet what can be done in one process; `npm run crash` adds real workers, pages and browsers. */
const WAYS: readonly (readonly [string, InProcessWay])[] = [
  ['a port call that throws', { kind: 'throw' }],
  [
    'the end of all author workers that work',
    { kind: 'author workers end', roles: ['flow', 'task'] },
  ],
  ['the end of the engine', { kind: 'engine ends' }],
];

let undisturbed: CrashedSession;
beforeAll(async () => {
  undisturbed = await sessionWith();
});

describe('an undisturbed session', () => {
  it('comes to its end, with nothing lost and nothing doubled', () => {
    expect(undisturbed.stuck).toBeUndefined();
    expect(judge(undisturbed, undisturbed)).toEqual({ lost: [], doubled: [] });
    const states = undisturbed.evidence.runs.map(({ record }) => record.state.name);
    expect(states).toEqual(['Completed', 'Completed']);
    expect(undisturbed.evidence.model.versions).toHaveLength(1);
  });

  it('has a point before and after each write and each answer, named by what is written', () => {
    const { points } = undisturbed;
    const named = new Set(points.map((point) => point.replace(/^(?:before|after) /, '')));
    for (const name of named) {
      expect(points).toContain(`before ${name}`);
      expect(points).toContain(`after ${name}`);
    }
    for (const name of [
      'setting firstVisitAt',
      'deployment: created',
      'dataset reviews: days',
      'dataset reviews: seeded',
      'flow everything: flow-run.created',
      'flow everything: Running',
      'extract-0: task-run.created',
      'extract-0: Running, attempt 1 started',
      'extract-0: AwaitingRetry after attempt 1',
      'extract-0: Retrying after attempt 1',
      'extract-0: attempt 2 started',
      'extract-0: Completed with its journal outcome',
      'broken-0: Failed with its journal outcome',
      'flow everything: sleep opened (call 1)',
      'flow everything: sleep closed (call 1)',
      'lines flushed',
      'train-0: checkpoint',
      'train-0: Recovering after attempt 1',
      'value put',
      'promote-0: verdict',
      'model sentiment: version 1 promoted (strict)',
      'flow everything: Completed',
      'deployment: schedule set',
      'deployment: not paused',
      'deployment: tick ran',
      'deployment: paused',
      'flow nightly: AwaitingRetry',
      'flow nightly: Retrying',
      'answer of callTask 0 to flow everything',
      'answer of sleep 1 to flow everything',
      'answer of saveCheckpoint to train-0',
      'answer of putValue to train-0',
      'answer of decideGate to promote-0',
      'answer of saveModel to promote-0',
    ])
      expect([...named]).toContain(name);
  });
});

describe.each(WAYS)('%s', (_, way) => {
  it('loses nothing and doubles nothing, at whichever point it happens', async () => {
    const wrong: unknown[] = [];
    for (const point of undisturbed.points) {
      const session = await sessionWith({ point, way });
      const { lost, doubled } = judge(session, undisturbed);
      const { struck, stuck } = session;
      if (!struck || stuck !== undefined || lost.length + doubled.length > 0)
        wrong.push({ point, struck, stuck, lost, doubled });
    }
    expect(wrong).toEqual([]);
  }, 180_000);
});
