import * as v from 'valibot';
import { MOST_OPTIONS } from './parameters.ts';

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
    v.object({
      kind: v.literal('choice'),
      options: v.pipe(v.array(text), v.minLength(1), v.maxLength(MOST_OPTIONS), v.readonly()),
      default: v.optional(text),
      ...described,
    }),
  ]),
);
