import { describe, expect, it } from 'vitest';
import { announcer, type Delay } from '#ui/live/announcer.ts';

function steppedDelay() {
  let now = 0;
  let waiting: { at: number; callback: () => void } | undefined;
  const delay: Delay = {
    now: () => now,
    after(delayMs, callback) {
      const mine = { at: now + delayMs, callback };
      waiting = mine;
      return () => {
        if (waiting === mine) waiting = undefined;
      };
    },
  };
  const pass = (ms: number) => {
    now += ms;
    if (!waiting || waiting.at > now) return;
    const { callback } = waiting;
    waiting = undefined;
    callback();
  };
  return { delay, pass };
}

describe('what a screen reader hears', () => {
  it('is the first sentence at once, then the newest every two seconds at most', () => {
    const said: string[] = [];
    const { delay, pass } = steppedDelay();
    const announce = announcer((sentence) => said.push(sentence), delay);
    announce('extract runs');
    announce('extract waits');
    pass(500);
    announce('train runs');
    pass(1400);
    expect(said).toEqual(['extract runs']);
    pass(100);
    expect(said).toEqual(['extract runs', 'train runs']);
  });

  it('is never the same sentence twice in a row', () => {
    const said: string[] = [];
    const { delay, pass } = steppedDelay();
    const announce = announcer((sentence) => said.push(sentence), delay);
    announce('a');
    pass(5000);
    announce('a');
    pass(5000);
    announce('b');
    expect(said).toEqual(['a', 'b']);
  });
});
