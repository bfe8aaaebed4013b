import { describe, expect, it } from 'vitest';
import type { ModelEvent } from '#domain/events.ts';
import { championBefore, champions, rollbackTarget, versionsNamed } from '#domain/model-history.ts';
import { event } from '#tests/support/builders.ts';

const moved = (to: number, rollback = false): ModelEvent => ({
  kind: 'alias.moved',
  model: 'm',
  alias: 'champion',
  to,
  reason: 'r',
  ...(rollback ? { rollback } : {}),
});
const history = (...bodies: readonly ModelEvent[]) =>
  bodies.map((body, i) => ({ ...event({ streamId: 'model:m', seq: i + 1, at: 10 * i }), body }));
const any = () => true;

describe('the history of a model', () => {
  it('knows who was the champion at an instant', () => {
    const told = history(moved(1), moved(2), moved(1, true));
    expect([0, 1, 10, 11, 99].map((at) => championBefore(told, at))).toEqual([
      undefined,
      1,
      1,
      2,
      1,
    ]);
  });

  it('unwinds a promotion with each rollback', () => {
    const three = [moved(1), moved(2), moved(3)];
    expect(champions(history(...three))).toEqual([1, 2, 3]);
    expect(champions(history(...three, moved(1, true)))).toEqual([1]);
    expect(rollbackTarget(history(...three), any)).toBe(2);
    expect(rollbackTarget(history(...three), (version) => version !== 2)).toBe(1);
    expect(rollbackTarget(history(moved(1), moved(2), moved(1)), (one) => one !== 2)).toBe(
      undefined,
    );
    expect(rollbackTarget([], any)).toBeUndefined();
  });

  it('names every version, also those that are gone; of kinds it does not know it names none', () => {
    const unknown = { kind: 'version.blessed', model: 'm' } as unknown as ModelEvent;
    const told: readonly ModelEvent[] = [
      moved(1),
      { kind: 'version.imported', model: 'm', version: 5, file: 'f' },
      { kind: 'version.deleted', model: 'm', version: 6 },
      { kind: 'alias.removed', model: 'm', alias: 'challenger', from: 4, reason: 'r' },
      unknown,
    ];
    expect(versionsNamed(history(...told))).toEqual([1, 5, 6, 4, 0]);
  });
});
