import { describe, expect, it } from 'vitest';
import { statesOf } from '#tests/support/engine-rig.ts';
import { runOf, waitSeconds } from './author-run.ts';
import { deviation } from './deviation.ts';

const failing = (options: string) => `
  const f = task({ name: 'f', ${options} }, () => { logger.info('called'); throw new ValueError('x'); });
  export default flow('main', () => f());`;

const succeedingAt = (attempt: number, options: string) => `
  const f = task({ name: 'f', ${options} }, () => {
    logger.info('called');
    if (context.task.attempt < ${attempt}) throw new ValueError('x');
    return true;
  });
  export default flow('main', () => f());`;

it('C01 happy path', async () => {
  const run = await runOf(`
    const f = task('f', () => 1);
    export default flow('main', () => f());`);
  expect(statesOf(run.task('f-0'))).toBe('Pending > Running > Completed');
});

it('C02 immediate retries', async () => {
  const run = await runOf(failing('retries: 3'));
  expect(run.calls).toBe(4);
  expect(statesOf(run.task('f-0'))).toBe(
    'Pending > Running > Retrying > Retrying > Retrying > Failed',
  );
});

it('C03 success on the last attempt', async () => {
  const run = await runOf(succeedingAt(4, 'retries: 3'));
  expect(run.calls).toBe(4);
  expect(statesOf(run.task('f-0'))).toBe(
    'Pending > Running > Retrying > Retrying > Retrying > Completed',
  );
  expect(run.task('f-0').result?.label).toBe('true');
});

it('C04 stop when it works', async () => {
  const run = await runOf(succeedingAt(2, 'retries: 3'));
  expect(run.calls).toBe(2);
  expect(statesOf(run.task('f-0'))).toBe('Pending > Running > Retrying > Completed');
});

it('C05 delayed retries', async () => {
  const run = await runOf(failing('retries: 3, retryDelaySeconds: 1'));
  expect(statesOf(run.task('f-0'))).toBe(
    'Pending > Running > AwaitingRetry > Retrying > AwaitingRetry > Retrying > AwaitingRetry > Retrying > Failed',
  );
  expect(waitSeconds(run.task('f-0'))).toEqual([1, 1, 1]);
});

describe('C06 delay lists repeat their last element', () => {
  it.each([
    ['[1, 2]', [1, 2, 2]],
    ['[1, 2, 3]', [1, 2, 3]],
  ])('%s waits %j', async (delays, waits) => {
    const run = await runOf(failing(`retries: 3, retryDelaySeconds: ${delays}`));
    expect(waitSeconds(run.task('f-0'))).toEqual(waits);
  });
});

describe('C07 exponential backoff', () => {
  it('waits factor * 2^r seconds', async () => {
    const run = await runOf(failing('retries: 4, retryDelaySeconds: exponentialBackoff(10)'));
    expect(run.task('f-0').policy.retryDelaysSeconds).toEqual([10, 20, 40, 80]);
    expect(waitSeconds(run.task('f-0'))).toEqual([10, 20, 40, 80]);
  });

  it('gives at most 50 delays', async () => {
    const run = await runOf(failing('retries: 60, retryDelaySeconds: exponentialBackoff(0.001)'));
    expect(run.task('f-0').policy.retryDelaysSeconds).toHaveLength(50);
  });

  it('a list of more than 50 delays is a RangeError, the ValueError of JavaScript', async () => {
    expect(await refusalOf('retryDelaySeconds: Array.from({ length: 51 }, () => 1)')).toBe(
      "RangeError: task 'f': retryDelaySeconds takes 1 to 50 delays.",
    );
  });
});

describe('C08 constructor validation', () => {
  it('a delay that is no number is a TypeError', async () => {
    expect(await refusalOf(`retryDelaySeconds: 'soon'`)).toMatch(/^TypeError: .*retryDelaySeconds/);
  });

  it('a negative jitter is a RangeError, the ValueError of JavaScript', async () => {
    const refusal = await refusalOf('retryJitterFactor: -10');
    expect(refusal).toMatch(/^RangeError: /);
    expect(refusal).toContain('`retryJitterFactor` must be >= 0');
  });

  it('a condition that is no function is a TypeError', async () => {
    expect(await refusalOf(`retryConditionFn: 'x'`)).toMatch(/^TypeError: .*retryConditionFn/);
  });

  it.each([
    ['1.5', [1.5]],
    ['[0.5, 1.1]', [0.5, 1.1]],
  ])('the fractional delay %s is accepted', async (delay, seconds) => {
    const run = await runOf(failing(`retries: ${seconds.length}, retryDelaySeconds: ${delay}`));
    expect(waitSeconds(run.task('f-0'))).toEqual(seconds);
  });
});

/** What making a task with these options throws, told by the flow that caught it. */
async function refusalOf(options: string): Promise<string> {
  const run = await runOf(`
    let refusal = 'none';
    try { task({ name: 'f', ${options} }, () => 1); } catch (error) { refusal = String(error); }
    export default flow('main', () => logger.info(refusal));`);
  return run.flowMessages[0] ?? '';
}

describe('C09 retryConditionFn', () => {
  const asking = (condition: string) => `
    const f = task({ name: 'f', retries: 1, retryConditionFn: ${condition} }, () => {
      if (context.task.attempt === 1) throw new SyntaxError('x');
    });
    export default flow('main', () => f());`;
  const isSyntaxError = `({ state, error }) => {
    logger.info('asked about ' + state.name);
    return error.name === 'SyntaxError';
  }`;
  const asked = 'asked about Failed';

  it('is asked once, with a Failed state, and lets retry', async () => {
    const run = await runOf(asking(isSyntaxError));
    expect(run.taskMessages('f-0').filter((message) => message.startsWith('asked'))).toEqual([
      asked,
    ]);
    expect(statesOf(run.task('f-0'))).toBe('Pending > Running > Retrying > Completed');
  });

  it('that says no ends the task run as Failed', async () => {
    const run = await runOf(asking('() => false'));
    expect(statesOf(run.task('f-0'))).toBe('Pending > Running > Failed');
  });

  it('that throws ends the task run as Failed, with an error in the log', async () => {
    const run = await runOf(asking(`() => { throw new Error('no idea'); }`));
    expect(statesOf(run.task('f-0'))).toBe('Pending > Running > Failed');
    const errors = run.lines.filter(({ level }) => level === 'ERROR').map((line) => line.message);
    expect(errors.join('\n')).toMatch(/retryConditionFn.*no idea/);
  });
});

describe('C12 jitter', () => {
  deviation(
    'C12',
    'jitter is applied; the client of Prefect 3 records the factor and never uses it',
  );

  it.each([
    [0.3, 0.752, 1.3],
    [0.5, 0.629, 1.5],
    [1, 0.415, 2],
    [3, 0.093, 4],
  ])('factor %d draws between %d and %d times the delay, which stays the mean', async (...row) => {
    const [factor, low, high] = row;
    const run = await runOf(
      failing(`retries: 100, retryDelaySeconds: 10, retryJitterFactor: ${factor}`),
    );
    const waits = waitSeconds(run.task('f-0'));
    expect(waits).toHaveLength(100);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(10 * low - 0.005);
    expect(Math.max(...waits)).toBeLessThanOrEqual(10 * high);
    const { mean, error } = meanOf(waits);
    expect(Math.abs(mean - 10)).toBeLessThan(4 * error);
  });

  it('no delay stays none', async () => {
    const run = await runOf(failing('retries: 1, retryDelaySeconds: 0, retryJitterFactor: 0.5'));
    expect(statesOf(run.task('f-0'))).toBe('Pending > Running > Retrying > Failed');
  });
});

/** The mean of some draws, and how far it is expected to lie from that of all. */
function meanOf(draws: readonly number[]): { readonly mean: number; readonly error: number } {
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  const squares = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares) / draws.length };
}
