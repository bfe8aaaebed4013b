import { describe, expect, it } from 'vitest';
import { Silence } from '#rpc/silence.ts';

const checks = (silence: Silence, count: number) =>
  Array.from({ length: count }, () => silence.check());

describe('the silence of an author worker', () => {
  it('is given up after twelve checks in a row', () => {
    const answers = checks(new Silence(), 12);
    expect(answers).toEqual([...Array<boolean>(11).fill(false), true]);
  });

  it('begins anew with every sign of life', () => {
    const silence = new Silence();
    checks(silence, 11);
    silence.heard();
    expect(checks(silence, 11)).not.toContain(true);
  });
});
