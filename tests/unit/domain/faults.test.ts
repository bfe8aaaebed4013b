import { describe, expect, it } from 'vitest';
import { describeFault, faultFor, formatFault, parseFault } from '#domain/faults.ts';

const refusal = (text: string): string => {
  try {
    parseFault(text);
    return 'accepted';
  } catch (error) {
    return String(error);
  }
};

describe('the short form of a fault', () => {
  it('throws on the attempts it names when it says no more', () => {
    expect(parseFault('extract:1-2')).toEqual({
      task: 'extract',
      attempts: [1, 2],
      effect: { kind: 'throw' },
    });
  });

  it('names an effect, and where it strikes', () => {
    expect(parseFault('train:1,3:crash@0.4').effect).toEqual({ kind: 'crash', at: 0.4 });
    expect(parseFault('train:1:hang').effect).toEqual({ kind: 'hang', at: 0 });
    expect(parseFault('train:1:flip-labels').effect).toEqual({ kind: 'flip-labels' });
  });

  it('sorts attempts and drops those named twice', () => {
    expect(parseFault('a:3,1-2,2').attempts).toEqual([1, 2, 3]);
  });

  it('says which part is wrong', () => {
    expect(refusal('extract')).toContain('"extract" is not a fault: expected task:attempts');
    expect(refusal(':1')).toContain('is not a fault');
    expect(refusal('a:1:throw:more')).toContain('is not a fault');
    for (const attempts of ['0', '2-1', 'x', '1-', '1,', '-1', '51', '1.5'])
      expect(refusal(`a:${attempts}`), attempts).toContain('must be like 1, 1-2 or 1,3 (1 to 50)');
    for (const effect of ['hang@1', 'crash@-0.1', 'crash@x', 'hang@', 'crash@0.1@0.2'])
      expect(refusal(`a:1:${effect}`), effect).toContain('must be at least 0 and below 1');
    for (const effect of ['explode', 'throw@0.5', 'flip-labels@0.5', 'constructor'])
      expect(refusal(`a:1:${effect}`), effect).toContain('unknown effect');
  });

  it('comes back from a fault as it was', () => {
    for (const text of ['a:1:throw', 'a:1,2:hang', 'a:2:crash@0.4', 'a:1:flip-labels'])
      expect(formatFault(parseFault(text))).toBe(text);
  });
});

describe('a fault', () => {
  it('is told to people in words', () => {
    const told = (text: string) => describeFault(parseFault(text));
    expect(told('extract:1')).toBe('extract: fails (attempt 1)');
    expect(told('extract:1-2')).toBe('extract: fails (attempts 1, 2)');
    expect(told('train:1:hang@0.4')).toBe('train: hangs at 40 % (attempt 1)');
    expect(told('train:1:crash')).toBe('train: loses its worker (attempt 1)');
  });

  it('strikes its task on its attempts only', () => {
    const faults = [parseFault('extract:1'), parseFault('extract:2:hang')];
    expect(faultFor(faults, 'extract', 2)?.effect.kind).toBe('hang');
    expect(faultFor(faults, 'extract', 3)).toBeUndefined();
    expect(faultFor(faults, 'train', 1)).toBeUndefined();
  });
});
