import { describe, expect, it } from 'vitest';
import { runName } from '#domain/names.ts';
import { seededRandom } from '#sdk/seeded-random.ts';

describe('a run name', () => {
  it('is an adjective and an animal', () => {
    const random = seededRandom(7);
    for (let i = 0; i < 500; i++) expect(runName(random)).toMatch(/^[a-z]+-[a-z]+$/);
    expect(runName(() => 0)).toBe('amber-albatross');
    expect(runName(() => 1 - Number.EPSILON)).toBe('witty-zebra');
  });

  it('is the same for the same chance', () => {
    expect(runName(seededRandom(7))).toBe(runName(seededRandom(7)));
  });

  it('is rarely given twice', () => {
    const random = seededRandom(1);
    const names = Array.from({ length: 1000 }, () => runName(random));
    expect(new Set(names).size).toBeGreaterThan(850);
  });
});
