import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { HostRequest } from '#domain/host-api.ts';
import { ProgressReports } from '#sdk/progress-reports.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

it('sends one report at a time when nobody waits for the answers, and the end once', async () => {
  const asked: HostRequest[] = [];
  const answers: (() => void)[] = [];
  const progress = new ProgressReports(undefined, <T>(request: HostRequest) => {
    asked.push(request);
    return new Promise<T>((resolve) => answers.push(() => resolve(undefined as T)));
  });
  const reports = Array.from({ length: 1000 }, () => progress.report(1));
  expect(asked).toHaveLength(1);
  answers[0]?.();
  await Promise.all(reports);
  await progress.report(1);
  expect(asked).toEqual([{ method: 'progress', fraction: 1 }]);
  vi.advanceTimersByTime(16);
  void progress.report(0.5);
  expect(asked).toHaveLength(2);
});
