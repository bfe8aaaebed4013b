import { describe, expect, it } from 'vitest';
import { resolveFlowPolicy, resolveTaskPolicy, type TaskOptions } from '#domain/policies.ts';

const messageOf = (options: object, override: object = {}): string => {
  try {
    resolveTaskPolicy('extract', options, override);
    return 'accepted';
  } catch (error) {
    return String(error);
  }
};

describe('a task policy', () => {
  it('has every field when the author wrote none', () => {
    expect(resolveTaskPolicy('extract', {})).toEqual({
      retries: 0,
      retryDelaysSeconds: [0],
      retryJitterFactor: 0,
      asksBeforeRetry: false,
      logPrints: false,
      recoveries: 3,
      tags: [],
    });
  });

  it('takes what the reader changed in place of what the author wrote', () => {
    const options: TaskOptions = { retries: 2, retryDelaySeconds: 5, timeoutSeconds: 60 };
    const policy = resolveTaskPolicy('extract', options, { retries: 1, retryDelaySeconds: [1, 2] });
    expect(policy).toMatchObject({
      retries: 1,
      retryDelaysSeconds: [1, 2],
      timeoutSeconds: 60,
    });
  });

  it('leaves the value of the source where an override is there but empty', () => {
    const policy = resolveTaskPolicy(
      'extract',
      { retries: 2, timeoutSeconds: 60 },
      { retries: undefined, timeoutSeconds: undefined },
    );
    expect(policy).toMatchObject({ retries: 2, timeoutSeconds: 60 });
  });

  it('has at most a thousand retries and recoveries: all attempts stand in one record', () => {
    expect(messageOf({ retries: 1000, recoveries: 1000 })).toBe('accepted');
    expect(messageOf({ retries: 1001 })).toBe(
      "BadPolicy: task 'extract': retries may be 1,000 at most, not 1001.",
    );
    expect(messageOf({ recoveries: 1e9 })).toContain('recoveries may be 1,000 at most');
  });

  it('C08 accepts fractional delays', () => {
    expect(resolveTaskPolicy('a', { retryDelaySeconds: 1.5 }).retryDelaysSeconds).toEqual([1.5]);
    expect(resolveTaskPolicy('a', { retryDelaySeconds: [0.5, 1.1] }).retryDelaysSeconds).toEqual([
      0.5, 1.1,
    ]);
  });

  it('C08 refuses what makes no sense, and names the task, the option and what is allowed', () => {
    expect(messageOf({ retryDelaySeconds: 'soon' })).toBe(
      `BadPolicy: task 'extract': retryDelaySeconds must be seconds of 0 or more, or a list of them, not "soon".`,
    );
    expect(messageOf({ retryDelaySeconds: [1, -1] })).toContain('not -1.');
    expect(messageOf({ retries: -1 })).toBe(
      `BadPolicy: task 'extract': retries must be a whole number of 0 or more, not -1.`,
    );
    expect(messageOf({ retries: 1.5 })).toContain("task 'extract': retries");
    expect(messageOf({ retries: '2' })).toContain('not "2".');
    expect(messageOf({ timeoutSeconds: 0 })).toBe(
      `BadPolicy: task 'extract': timeoutSeconds must be a number of seconds above 0, not 0.`,
    );
    expect(messageOf({ timeoutSeconds: Number.NaN })).toContain('not NaN.');
    expect(messageOf({ recoveries: Infinity })).toContain('not Infinity.');
    expect(messageOf({}, { retries: -3 })).toContain('not -3.');
  });

  it('C07 takes at most 50 delays, and not none', () => {
    const allowed = "task 'extract': retryDelaySeconds takes 1 to 50 delays.";
    expect(messageOf({ retryDelaySeconds: Array.from({ length: 50 }, () => 1) })).toBe('accepted');
    expect(messageOf({ retryDelaySeconds: Array.from({ length: 51 }, () => 1) })).toContain(
      allowed,
    );
    expect(messageOf({ retryDelaySeconds: [] })).toContain(allowed);
  });

  it('C39 inherits logPrints from its flow unless it says so itself', () => {
    const logPrints = (own: boolean | undefined, flow: boolean) =>
      resolveTaskPolicy('a', own === undefined ? {} : { logPrints: own }, {}, { logPrints: flow })
        .logPrints;
    expect(logPrints(undefined, true)).toBe(true);
    expect(logPrints(undefined, false)).toBe(false);
    expect(logPrints(false, true)).toBe(false);
    expect(logPrints(true, false)).toBe(true);
  });
});

describe('a flow policy', () => {
  it('has every field when the author wrote none', () => {
    expect(resolveFlowPolicy({})).toEqual({
      retries: 0,
      retryDelaysSeconds: [0],
      retryJitterFactor: 0,
      logPrints: false,
      recoveries: 3,
    });
  });

  it('refuses a timeout of nothing', () => {
    expect(() => resolveFlowPolicy({ timeoutSeconds: -1 })).toThrow(
      'flow: timeoutSeconds must be a number of seconds above 0, not -1.',
    );
  });
});
