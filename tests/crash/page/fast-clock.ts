import type { Clock } from '#domain/ports.ts';

/** Logical milliseconds in a real one: a delay of seconds is over in a moment, and still waits for real timers. */
const SPEED = 20;

export function fastClock(clock: Clock, origin: number): Clock {
  const real = (instant: number) => origin + (instant - origin) / SPEED;
  return {
    now: () => Math.floor(origin + (clock.now() - origin) * SPEED),
    at: (instant, callback) => clock.at(Math.ceil(real(instant)), callback),
  };
}
