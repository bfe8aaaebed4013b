import * as v from 'valibot';
import { optionsProblem } from './parameters.ts';

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
    v.pipe(
      v.object({
        kind: v.literal('choice'),
        options: v.pipe(
          v.array(text),
          v.check((options) => optionsProblem(options) === undefined),
          v.readonly(),
        ),
        default: v.optional(text),
        ...described,
      }),
      v.check(
        (field) => field.default === undefined || field.options.includes(field.default),
        'the default is none of the options',
      ),
    ),
  ]),
);
