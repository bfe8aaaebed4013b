import * as v from 'valibot';

const text = v.pipe(v.string(), v.maxLength(100_000));
const described = { description: v.optional(text) };
const range = {
  min: v.optional(v.number()),
  max: v.optional(v.number()),
  default: v.optional(v.number()),
};

/** A `ParameterSchema` as it comes from author code: of a flow, or of a pause. */
export const parameterSchema = v.record(
  text,
  v.variant('kind', [
    v.object({ kind: v.picklist(['number', 'integer']), ...range, ...described }),
    v.object({
      kind: v.literal('text'),
      default: v.optional(text),
      maxLength: v.optional(v.number()),
      ...described,
    }),
    v.object({ kind: v.literal('boolean'), default: v.optional(v.boolean()), ...described }),
  ]),
);
