import { describe, expect, it } from 'vitest';
import { Cancellation } from '#engine/cancellation.ts';
import { VirtualClock } from '#tests/support/virtual-clock.ts';

describe('a wait', () => {
  it('ends at its instant', async () => {
    const clock = new VirtualClock(0);
    const waited = new Cancellation().wait(clock, 100);
    await clock.advance(100);
    expect(await waited).toBe(true);
    expect(clock.next).toBeUndefined();
  });

  it('ends at once when cancelled, and leaves no timer behind', async () => {
    const clock = new VirtualClock(0);
    const cancellation = new Cancellation();
    const waited = cancellation.wait(clock, 100);
    cancellation.request('asked');
    expect(await waited).toBe(false);
    expect(clock.next).toBeUndefined();
    expect(await cancellation.wait(clock, 100)).toBe(false);
    expect(clock.next).toBeUndefined();
  });
});

describe('a cancellation', () => {
  it('keeps its first reason and tells it once', () => {
    const cancellation = new Cancellation();
    const heard: string[] = [];
    cancellation.onRequest((reason) => heard.push(reason));
    cancellation.request('first');
    cancellation.request('second');
    cancellation.onRequest((reason) => heard.push(reason));
    expect(heard).toEqual(['first', 'first']);
    expect(cancellation.reason).toBe('first');
  });

  it('is not told to those who no longer listen', () => {
    const cancellation = new Cancellation();
    const heard: string[] = [];
    cancellation.onRequest((reason) => heard.push(reason))();
    cancellation.request('asked');
    expect(heard).toEqual([]);
  });
});
