import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkParameters, type ParameterField } from '#domain/parameters.ts';

const bounds = fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined });
const fields: fc.Arbitrary<ParameterField> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('number' as const, 'integer' as const),
    min: bounds,
    max: bounds,
  }),
  fc.record({ kind: fc.constant('text' as const), maxLength: fc.nat({ max: 5 }) }),
  fc.record({ kind: fc.constant('boolean' as const) }),
);
const names = fc.constantFrom('a', 'b', 'toString', 'constructor');
const schemas = fc.dictionary(names, fields, { noNullPrototype: true });
const given = fc.dictionary(
  names,
  fc.oneof(
    fc.integer(),
    fc.double(),
    fc.string(),
    fc.boolean(),
    fc.constantFrom('1', 'true', null),
  ),
  { noNullPrototype: true },
);

describe('any parameters', () => {
  it('are either all there and within their limits, or refused by name', () => {
    fc.assert(
      fc.property(schemas, given, (schema, given) => {
        const check = checkParameters(schema, given);
        if (!check.ok) {
          for (const problem of check.problems) expect(problem).toMatch(/^\w+: ./);
          return;
        }
        expect(Object.keys(check.parameters).sort()).toEqual(Object.keys(schema).sort());
        for (const [name, field] of Object.entries(schema)) {
          const value = check.parameters[name];
          expect(typeof value).toBe(
            field.kind === 'text' ? 'string' : field.kind === 'boolean' ? 'boolean' : 'number',
          );
          if (field.kind === 'number' || field.kind === 'integer') {
            expect(value as number).toBeGreaterThanOrEqual(field.min ?? -Infinity);
            expect(value as number).toBeLessThanOrEqual(field.max ?? Infinity);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('that were accepted are accepted again', () => {
    fc.assert(
      fc.property(schemas, given, (schema, given) => {
        const check = checkParameters(schema, given);
        if (check.ok) expect(checkParameters(schema, check.parameters)).toEqual(check);
      }),
    );
  });
});
