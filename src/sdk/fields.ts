import {
  optionsProblem,
  type BooleanField,
  type ChoiceField,
  type NumberField,
  type TextField,
} from '#domain/parameters.ts';

/** Carries the type of the value along with the field's data; the brands exist for the type checker only. */
export type Field<Data, Value, HasDefault extends boolean = boolean> = Data & {
  readonly __value?: Value;
  readonly __hasDefault?: HasDefault;
};

type HasDefault<Options> = Options extends { readonly default: unknown } ? true : false;
/** `number()` has none. */
type NoOptions = { readonly default?: undefined };

type NumberOptions = Omit<NumberField, 'kind'>;
type TextOptions = Omit<TextField, 'kind'>;
type BooleanOptions = Omit<BooleanField, 'kind'>;
type ChoiceOptions<Value> = Omit<ChoiceField, 'kind' | 'options' | 'default'> & {
  readonly default?: Value;
};

/** A number parameter: `number({ default: 0.9, min: 0, max: 1 })`. */
export const number = <O extends NumberOptions = NoOptions>(
  options?: O,
): Field<NumberField, number, HasDefault<O>> => ({ kind: 'number', ...options });

/** A whole number. */
export const integer = <O extends NumberOptions = NoOptions>(
  options?: O,
): Field<NumberField, number, HasDefault<O>> => ({ kind: 'integer', ...options });

export const text = <O extends TextOptions = NoOptions>(
  options?: O,
): Field<TextField, string, HasDefault<O>> => ({ kind: 'text', ...options });

export const boolean = <O extends BooleanOptions = NoOptions>(
  options?: O,
): Field<BooleanField, boolean, HasDefault<O>> => ({ kind: 'boolean', ...options });

/**
 * One of some texts: `choice(['promote', 'reject'], { default: 'reject' })`.
 * @throws TypeError for options that are none
 */
export function choice<
  const Value extends string,
  O extends ChoiceOptions<NoInfer<Value>> = NoOptions,
>(options: readonly Value[], more?: O): Field<ChoiceField, Value, HasDefault<O>> {
  const problem = optionsProblem(options);
  if (problem !== undefined) throw new TypeError(`choice: ${problem}.`);
  return { ...more, kind: 'choice', options: [...options] };
}

export type AnyField =
  | Field<NumberField, number>
  | Field<TextField, string>
  | Field<BooleanField, boolean>
  | Field<ChoiceField, string>;

type ValueOf<F> = F extends Field<unknown, infer Value> ? Value : never;
type Fields = Readonly<Record<string, AnyField>>;
type WithDefault = { readonly __hasDefault?: true };

/** `{ threshold: Field<..., number> }` gives `{ threshold: number }`. */
export type ValuesOf<F extends Fields> = { readonly [Name in keyof F]: ValueOf<F[Name]> };

/** What a caller gives: a parameter with a default may be left out. */
export type GivenValues<F extends Fields> = {
  readonly [Name in keyof F as F[Name] extends WithDefault ? never : Name]: ValueOf<F[Name]>;
} & {
  readonly [Name in keyof F as F[Name] extends WithDefault ? Name : never]?: ValueOf<F[Name]>;
};
