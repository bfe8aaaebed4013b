import type { FlowDescription } from '#domain/engine-api.ts';
import type { Fault } from '#domain/faults.ts';
import * as states from '#domain/states.ts';
import { RunBuilder, SOURCE_UNAVAILABLE } from './run-builder.ts';

const EXTRACT = { retries: 2, retryDelaySeconds: 5 };
const FAULT: Fault = { task: 'extract', attempts: [1, 2], effect: { kind: 'throw' } };
const INJECTED = { fault: FAULT };
const CRASH = {
  fault: { task: 'train', attempts: [1], effect: { kind: 'crash', at: 0.5 } },
} as const;

export const TASKS = ['extract', 'train', 'evaluate', 'promote'];

export const FLOW: FlowDescription = {
  name: 'retrain-sentiment',
  parameters: { threshold: { kind: 'number', default: 0.9 } },
  tasks: TASKS.map((name) => ({ name, options: name === 'extract' ? EXTRACT : {} })),
};

/** Asked for, the flow body not begun. */
export const queued = () => new RunBuilder().wait(40).running().task('extract', EXTRACT);

export const firstFailure = () =>
  queued()
    .wait(60)
    .begin('extract', 1, INJECTED)
    .wait(300)
    .fail('extract', 1, SOURCE_UNAVAILABLE, EXTRACT);

const extracted = () =>
  firstFailure()
    .wait(5000)
    .begin('extract', 2, INJECTED)
    .wait(280)
    .fail('extract', 2, SOURCE_UNAVAILABLE, EXTRACT)
    .wait(5000)
    .begin('extract', 3)
    .wait(210)
    .complete('extract', 3, '2,880 train / 720 held-out reviews')
    .wait(4);

export const training = () =>
  extracted().task('train', {}, ['extract']).wait(3).begin('train').wait(120);

const trained = () =>
  training()
    .wait(140)
    .complete('train', 1, '2,880 reviews')
    .wait(2)
    .task('evaluate', {}, ['train', 'extract']);

const evaluated = (accuracy: number) =>
  trained()
    .wait(2)
    .begin('evaluate')
    .wait(20)
    .complete('evaluate', 1, accuracy.toFixed(3))
    .wait(2)
    .task('promote', {}, ['train', 'evaluate'])
    .wait(2)
    .begin('promote')
    .wait(10)
    .gate('promote', accuracy);

export const promoted = () =>
  evaluated(0.928)
    .model('promote', 4)
    .wait(8)
    .complete('promote', 1, 'promoted (acc=0.928)', 'Promoted')
    .wait(6)
    .finish();

export const rejected = () =>
  evaluated(0.806)
    .wait(4)
    .complete('promote', 1, 'rejected (acc=0.806 < 0.9)', 'Rejected')
    .wait(6)
    .finish();

export const failed = () => {
  const run = firstFailure().wait(5000).begin('extract', 2, INJECTED).wait(280);
  run
    .fail('extract', 2, SOURCE_UNAVAILABLE, EXTRACT)
    .wait(5000)
    .begin('extract', 3, INJECTED)
    .wait(290);
  return run
    .fail('extract', 3, SOURCE_UNAVAILABLE, EXTRACT)
    .wait(5)
    .finish(states.failed('x'), SOURCE_UNAVAILABLE);
};

export const timedOut = () => {
  const options = { retries: 1, timeoutSeconds: 2 };
  const failure = { kind: 'timeout', seconds: 2, subject: 'Task' } as const;
  const run = new RunBuilder()
    .wait(30)
    .running()
    .task('extract', EXTRACT)
    .wait(20)
    .begin('extract')
    .wait(240);
  run
    .complete('extract', 1, '2,880 train / 720 held-out reviews')
    .wait(3)
    .task('train', options, ['extract']);
  run
    .wait(2)
    .begin('train')
    .wait(2000)
    .fail('train', 1, failure, options)
    .wait(5)
    .begin('train', 2)
    .wait(2000);
  return run.fail('train', 2, failure, options).wait(4).finish(states.failed('x'), failure);
};

/** The worker was killed mid-train; the next attempt goes on from the checkpoint. */
export const recovered = () => {
  const run = new RunBuilder()
    .wait(30)
    .running()
    .task('extract', EXTRACT)
    .wait(20)
    .begin('extract')
    .wait(240);
  run
    .complete('extract', 1, '2,880 train / 720 held-out reviews')
    .wait(3)
    .task('train', {}, ['extract']);
  run.wait(2).begin('train', 1, CRASH).wait(170).checkpoint('train', 1, 0.5);
  run
    .wait(20)
    .lose('train', 1, 'worker terminated', true)
    .wait(110)
    .begin('train', 2, { resumesAt: 0.5 });
  return run.wait(150).complete('train', 2, '2,880 reviews').wait(2);
};

/** As run.html: the tab was closed for 17 minutes in the middle of training. */
export const slept = () => {
  const run = extracted()
    .task('train', {}, ['extract'])
    .wait(3)
    .begin('train')
    .wait(2600)
    .checkpoint('train', 1, 0.5);
  run.wait(17 * 60_000 + 4000).lose('train', 1, 'engine stopped or tab closed');
  run
    .wait(400)
    .begin('train', 2, { resumesAt: 0.5 })
    .wait(5200)
    .complete('train', 2, '2,880 reviews');
  run.wait(2).task('evaluate', {}, ['train', 'extract']).wait(2).begin('evaluate').wait(240);
  run
    .complete('evaluate', 1, '0.894')
    .task('promote', {}, ['train', 'evaluate'])
    .wait(5)
    .begin('promote')
    .wait(10);
  return run.gate('promote', 0.894).wait(4).complete('promote', 1, '', 'Rejected').wait(6).finish();
};

/** One of forty shards fails for good, some are still on. */
export const manyTasks = () => {
  const run = new RunBuilder()
    .wait(30)
    .running()
    .task('extract')
    .wait(10)
    .begin('extract')
    .wait(900);
  run.complete('extract', 1, '40 files');
  for (let i = 0; i < 40; i++) run.task('shard', {}, ['extract'], i);
  for (let i = 0; i < 36; i++) {
    run.wait(20).begin('shard', 1, {}, i);
    if (i >= 4) run.wait(60 + ((i * 37) % 90)).complete('shard', 1, '', 'Completed', i - 4);
  }
  return run.wait(40);
};
