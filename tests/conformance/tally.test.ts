import { describe, expect, it } from 'vitest';
import { CASES, DELIBERATE, NOT_YET, PARTLY } from './ledger.ts';
import { tallyOf, type Ending, type Ledger } from './tally.ts';

const ledger: Ledger = {
  cases: ['C01', 'C02', 'C03', 'C04'],
  deliberate: { C02: 'on purpose' },
  notYet: { C03: { title: 'map', needs: 'map' } },
  partly: { C04: 'subflows' },
};
const ending = (name: string, more: Partial<Ending> = {}): Ending => ({
  name,
  passed: true,
  messages: [],
  ...more,
});
const good = [
  ending('C01 happy path'),
  ending('C02 timeouts', { deviation: 'on purpose' }),
  ending('C04 prints'),
];
const failed = { passed: false, messages: ['waits: expected 1\nto be 2'] };

describe('the tally', () => {
  it('has a line for each case, and counts what passes whole', () => {
    expect(tallyOf(good, ledger)).toEqual({
      ok: true,
      lines: [
        'C01 exact      happy path',
        'C02 deviation  timeouts: on purpose',
        'C03 missing    map: needs map',
        'C04 partly     prints: needs subflows',
        'conformance: 2/4 (1 exact, 1 deviations)',
      ],
    });
  });

  it('does not count a case of which one test failed, and says what it said', () => {
    const { ok, lines } = tallyOf([...good, ending('C01 happy path', failed)], ledger);
    expect(ok).toBe(false);
    expect(lines.slice(0, 3)).toEqual([
      'C01 FAILED     happy path',
      '      waits: expected 1',
      '      to be 2',
    ]);
    expect(lines.at(-1)).toBe('conformance: 1/4 (0 exact, 1 deviations)');
  });

  it('takes a part that failed for a failure, though its case does not count', () => {
    expect(tallyOf([...good.slice(0, 2), ending('C04 prints', failed)], ledger).ok).toBe(false);
  });

  it('takes a test that was not run for a failure', () => {
    const { lines } = tallyOf([ending('C01 happy path', { passed: false })], ledger);
    expect(lines[1]).toBe('      "C01 happy path" was not run.');
  });

  it.each([
    ['a test of a case that stands in NOT_YET', [...good, ending('C03 map')]],
    ['a case that nobody tests', good.slice(1)],
    ['a case that lacks something and has no part', good.slice(0, 2)],
    ['a deviation that is not on the list', [...good, ending('C01 x', { deviation: 'so' })]],
    ['a deviation that is not declared', [good[0]!, ending('C02 timeouts'), good[2]!]],
    ['a test that is no case', [...good, ending('C05 another')]],
  ])('refuses %s', (_what, endings) => {
    expect(tallyOf(endings, ledger).ok).toBe(false);
  });
});

describe('the ledger', () => {
  it('knows each case that it names, and none twice', () => {
    const named = [...Object.keys(NOT_YET), ...Object.keys(PARTLY)];
    expect(named.filter((number) => !CASES.includes(number))).toEqual([]);
    expect(Object.keys(DELIBERATE).filter((number) => !CASES.includes(number))).toEqual([]);
    expect(new Set(named).size).toBe(named.length);
  });
});
