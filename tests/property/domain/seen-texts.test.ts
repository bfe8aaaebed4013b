import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeenTexts } from '#domain/seen-texts.ts';

test('texts are known again with the label they had first, for any texts', () => {
  const one = fc.record({ text: fc.nat({ max: 3_000 }).map(String), label: fc.constantFrom(0, 1) });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 4_000 }), (texts) => {
      const seen = new SeenTexts();
      const model = new Map<string, number>();
      const encoder = new TextEncoder();
      for (const { text, label } of texts) {
        const bytes = encoder.encode(text);
        const before = model.get(text);
        const expected = before === undefined ? 'new' : before === label ? 'same' : 'conflicting';
        expect(seen.has(bytes, 0, bytes.length)).toBe(before !== undefined);
        expect(seen.add(bytes, 0, bytes.length, label)).toBe(expected);
        if (before === undefined) model.set(text, label);
      }
    }),
    { numRuns: 30 },
  );
});
