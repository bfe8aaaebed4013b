import { describe, expect, it } from 'vitest';
import { curveLayout } from '#ui/layout/curve.ts';
import { gateScale } from '#ui/layout/gate-scale.ts';
import { CURVE } from '#tests/unit/ui/line-examples.ts';

const BOX = { width: 266, height: 124, left: 30, bottom: 22, top: 8 };

describe('the scale of a gate', () => {
  it('has the threshold in its middle and 0.05 to each side', () => {
    const scale = gateScale({ threshold: 0.9, value: 0.928, low: 0.907, high: 0.946 });
    expect(scale).toMatchObject({ low: 0.85, threshold: 50 });
    expect(scale.high).toBeCloseTo(0.95);
    expect(scale.value?.at).toBeCloseTo(78);
    expect(scale.whisker?.from.at).toBeCloseTo(57);
    expect(scale.whisker?.to.at).toBeCloseTo(96);
  });

  it('widens to 0.1 when something lies further away', () =>
    expect(gateScale({ threshold: 0.9, value: 0.806 })).toMatchObject({ low: 0.8, high: 1 }));

  it('puts a value beyond the scale at its edge and says on which side', () => {
    expect(gateScale({ threshold: 0.9, value: 0.5 }).value).toEqual({ at: 0, beyond: 'low' });
    expect(gateScale({ threshold: 0.5, value: 0.9 }).value).toEqual({ at: 100, beyond: 'high' });
  });

  it('shows only the threshold while nothing is measured', () =>
    expect(gateScale({ threshold: 0.9 })).toEqual({
      low: 0.85,
      high: expect.closeTo(0.95),
      threshold: 50,
    }));
});

describe('the training curve', () => {
  it('is nothing below two points, or without a finite loss', () => {
    expect(curveLayout([], BOX)).toBeUndefined();
    expect(curveLayout(CURVE.slice(0, 1), BOX)).toBeUndefined();
    expect(
      curveLayout(
        [
          { kind: 'metric', at: 0, series: 'training', step: 1, values: { loss: NaN } },
          { kind: 'metric', at: 0, series: 'training', step: 2, values: {} },
        ],
        BOX,
      ),
    ).toBeUndefined();
  });

  it('runs from the first iteration at the left to the last at the right', () => {
    const curve = curveLayout(CURVE, BOX);
    expect(curve?.train?.path).toMatch(/^M30\.0 /);
    expect(curve?.train?.last.x).toBe(266);
    expect([curve?.first, curve?.lastStep]).toEqual([1, 30]);
  });

  it('stands between rules on round numbers', () => {
    const curve = curveLayout(CURVE, BOX);
    expect(curve?.rules.map(({ label }) => label)).toEqual(['0', '0.2', '0.4', '0.6', '0.8']);
  });

  it('skips points without a held-out loss', () => {
    const some = CURVE.map((point, i) =>
      i % 5 === 4 ? point : { ...point, values: { loss: point.values['loss'] ?? 0 } },
    );
    expect(curveLayout(some, BOX)?.heldOut?.path.split('L')).toHaveLength(6);
  });

  it('moves the labels apart where the lines end close together', () => {
    const close = CURVE.map((point) => ({
      ...point,
      values: { loss: point.values['loss'] ?? 0, heldOutLoss: (point.values['loss'] ?? 0) + 0.01 },
    }));
    const { train, heldOut } = curveLayout(close, BOX) ?? {};
    expect((train?.label.y ?? 0) - (heldOut?.label.y ?? 0)).toBeGreaterThan(12);
  });

  it('keeps the label of a line at the bottom away from the last step', () => {
    const flat = CURVE.map((point) => ({
      ...point,
      values: { loss: 0.7 / point.step ** 3, heldOutLoss: 0.09 },
    }));
    const { train, heldOut } = curveLayout(flat, BOX) ?? {};
    expect(train?.label.x).toBeLessThan((heldOut?.label.x ?? 0) - 20);
  });
});
