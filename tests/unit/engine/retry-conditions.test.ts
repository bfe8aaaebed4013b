import { describe, expect, it } from 'vitest';
import { describeReason } from '#domain/reasons.ts';
import { rigFor, statesOf, taskRunIn } from '#tests/support/engine-rig.ts';
import { sourceText } from '#tests/support/sample-sources.ts';

const flowWith = (options: string, body: string) =>
  sourceText(`
    const flaky = task({ name: 'flaky', ${options} }, () => { ${body} });
    export default flow({ name: 'f', logPrints: true }, async () => { await flaky(); });`);

const FAILS_ONCE = `if (context.task?.attempt === 1) throw new SyntaxError('once'); return true;`;
const ALWAYS_FAILS = `throw new Error('no');`;

describe('the condition of a retry', () => {
  it('C09 is asked once with the failed state, and lets the task run go on', async () => {
    const rig = await rigFor(
      flowWith(
        `retries: 1, retryConditionFn: ({ error, state, attempt }) => {
          console.log('asked', error.name, state.type, attempt);
          return error instanceof Error && error.name === 'SyntaxError';
        }`,
        FAILS_ONCE,
      ),
    );
    const view = await rig.run();
    expect(statesOf(taskRunIn(view, 'flaky-0'))).toBe('Pending > Running > Retrying > Completed');
    const said = await rig.said(view.created.flowRunId);
    expect(said.filter((line) => line.includes('asked'))).toEqual([
      `INFO    | Task run 'flaky-0' - asked SyntaxError FAILED 1`,
    ]);
  });

  it('C09 ends the task run as Failed when it says no', async () => {
    const rig = await rigFor(flowWith('retries: 3, retryConditionFn: () => false', ALWAYS_FAILS));
    const taskRun = taskRunIn(await rig.run(), 'flaky-0');
    expect(statesOf(taskRun)).toBe('Pending > Running > Failed');
    expect(describeReason(taskRun.state.reason)).toBe('retryConditionFn said no');
  });

  it('C09 ends the task run as Failed and logs an error when it throws', async () => {
    const condition = `retryConditionFn: () => { throw new Error('broken condition'); }`;
    const rig = await rigFor(flowWith(`retries: 3, ${condition}`, ALWAYS_FAILS));
    const view = await rig.run();
    expect(statesOf(taskRunIn(view, 'flaky-0'))).toBe('Pending > Running > Failed');
    const said = (await rig.said(view.created.flowRunId)).join('\n');
    expect(said).toMatch(/ERROR .*retryConditionFn gave no answer.*broken condition/);
  });

  it('means no when it does not answer in 10 s, and its worker is not used again', async () => {
    const rig = await rigFor(
      sourceText(`
        const flaky = task(
          { name: 'flaky', retries: 1, retryConditionFn: () => new Promise(() => undefined) },
          () => { ${ALWAYS_FAILS} });
        const next = task('next', () => 1);
        export default flow('f', async () => { await flaky.returnState(); await next(); });`),
    );
    const view = await rig.run();
    expect(statesOf(taskRunIn(view, 'flaky-0'))).toBe('Pending > Running > Failed');
    expect(statesOf(taskRunIn(view, 'next-0'))).toBe('Pending > Running > Completed');
  });

  it('is not asked when no retry is left', async () => {
    const rig = await rigFor(
      flowWith(`retryConditionFn: () => { console.log('asked'); return true; }`, ALWAYS_FAILS),
    );
    const view = await rig.run();
    expect((await rig.said(view.created.flowRunId)).join()).not.toContain('asked');
  });
});

describe('the delays of retries', () => {
  it('C07 double with exponentialBackoff', async () => {
    const rig = await rigFor(
      flowWith('retries: 4, retryDelaySeconds: exponentialBackoff(10)', ALWAYS_FAILS),
    );
    const { waits } = taskRunIn(await rig.run(), 'flaky-0');
    expect(waits.map(({ from, until }) => (until - from) / 1000)).toEqual([10, 20, 40, 80]);
  });

  it('C12 are jittered by the chance of the engine, and say so', async () => {
    const rig = await rigFor(
      flowWith('retries: 2, retryDelaySeconds: 10, retryJitterFactor: 0.5', ALWAYS_FAILS),
    );
    const { waits } = taskRunIn(await rig.run(), 'flaky-0');
    for (const { from, until, retry } of waits) {
      expect(until - from).toBeGreaterThanOrEqual(6294);
      expect(until - from).toBeLessThanOrEqual(15_000);
      expect(retry.jitter).toEqual({ factor: 0.5, meanMs: 10_000 });
    }
    expect(new Set(waits.map(({ from, until }) => until - from)).size).toBe(2);
  });
});

describe('the options of a task', () => {
  const refusal = async (options: string) => {
    const rig = await rigFor(flowWith(options, ALWAYS_FAILS));
    const start = await rig.ask();
    return start.ok ? 'accepted' : start.problems.map((problem) => problem.message).join();
  };

  it('C08 are checked when the task is made', async () => {
    expect(await refusal(`retryDelaySeconds: 'soon' as never`)).toMatch(
      /TypeError.*retryDelaySeconds/,
    );
    expect(await refusal('retryJitterFactor: -10')).toMatch(
      /RangeError.*`retryJitterFactor` must be >= 0/,
    );
    expect(await refusal(`retryConditionFn: 'x' as never`)).toMatch(/TypeError.*retryConditionFn/);
    expect(await refusal('retries: 1, retryDelaySeconds: Array(51).fill(1)')).toMatch(
      /RangeError.*1 to 50 delays/,
    );
    expect(await refusal('retries: 2, retryDelaySeconds: [0.5, 1.1]')).toBe('accepted');
    expect(await refusal('retries: 1, retryDelaySeconds: 1.5')).toBe('accepted');
  });
});
