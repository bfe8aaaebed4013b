import type { BooleanField, NumberField, TextField } from '#domain/parameters.ts';

/** Carries the type of the value along with the field's data; the brand exists for the type checker only. */
export type Field<Data, Value> = Data & { readonly __value?: Value };

type NumberOptions = Omit<NumberField, 'kind'>;
type TextOptions = Omit<TextField, 'kind'>;
type BooleanOptions = Omit<BooleanField, 'kind'>;

/** A number parameter: `number({ default: 0.9, min: 0, max: 1 })`. */
export const number = (options: NumberOptions = {}): Field<NumberField, number> => ({
  kind: 'number',
  ...options,
});

/** A whole number. */
export const integer = (options: NumberOptions = {}): Field<NumberField, number> => ({
  kind: 'integer',
  ...options,
});

export const text = (options: TextOptions = {}): Field<TextField, string> => ({
  kind: 'text',
  ...options,
});

export const boolean = (options: BooleanOptions = {}): Field<BooleanField, boolean> => ({
  kind: 'boolean',
  ...options,
});

export type AnyField =
  Field<NumberField, number> | Field<TextField, string> | Field<BooleanField, boolean>;

/** `{ threshold: Field<..., number> }` gives `{ threshold: number }`. */
export type ValuesOf<Fields extends Readonly<Record<string, AnyField>>> = {
  readonly [Name in keyof Fields]: Fields[Name] extends Field<unknown, infer Value> ? Value : never;
};
