import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeScale, type ScaleInput, type Stretch } from '#ui/layout/time-scale.ts';

const stretch = (px: number): fc.Arbitrary<Stretch> =>
  fc
    .tuple(fc.integer({ min: 0, max: 990 }), fc.integer({ min: 1, max: 400 }))
    .map(([from, ms]) => ({
      from,
      to: Math.min(1000, from + ms),
      px,
    }));

/** Collapsed time is idle: no attempt reaches into it. */
const input: fc.Arbitrary<ScaleInput> = fc.record({
  from: fc.constant(0),
  to: fc.constant(1000),
  width: fc.integer({ min: 100, max: 900 }),
  minimums: fc.array(stretch(10), { maxLength: 12 }),
  collapsed: fc.constantFrom([], [{ from: 1000, to: 1000, px: 80 }]),
});

describe('time scale', () => {
  it('never runs backwards and spans its width', () => {
    fc.assert(
      fc.property(input, (given) => {
        const scale = timeScale(given);
        const places = Array.from({ length: 101 }, (_, i) => scale.at(i * 10));
        for (let i = 1; i < places.length; i++)
          expect(places[i]).toBeGreaterThanOrEqual((places[i - 1] ?? 0) - 1e-6);
        expect(scale.at(0)).toBe(0);
        expect(scale.at(1000)).toBeCloseTo(scale.width, 6);
        expect(scale.width).toBeGreaterThanOrEqual(given.width - 1e-6);
      }),
    );
  });

  it('gives every stretch its minimum', () => {
    fc.assert(
      fc.property(input, (given) => {
        const scale = timeScale(given);
        for (const { from, to, px } of given.minimums)
          expect(scale.at(to) - scale.at(from)).toBeGreaterThanOrEqual(px - 1e-6);
      }),
    );
  });

  it('gives collapsed time exactly its width', () => {
    const free = fc.record({
      width: fc.integer({ min: 300, max: 900 }),
      minimums: fc.array(
        stretch(10).map((one) => ({ ...one, from: one.from % 300, to: (one.from % 300) + 5 })),
        { maxLength: 8 },
      ),
    });
    fc.assert(
      fc.property(free, ({ width, minimums }) => {
        const scale = timeScale({
          from: 0,
          to: 1000,
          width,
          minimums,
          collapsed: [{ from: 400, to: 900, px: 80 }],
        });
        expect(scale.at(900) - scale.at(400)).toBeCloseTo(80, 6);
        expect(scale.at(650) - scale.at(400)).toBeCloseTo(40, 6);
      }),
    );
  });

  it('is proportional where nothing is stretched', () => {
    const scale = timeScale({ from: 0, to: 1000, width: 500, minimums: [], collapsed: [] });
    expect([scale.at(0), scale.at(250), scale.at(1000), scale.rate]).toEqual([0, 125, 500, 0.5]);
  });
});
