import { AllowFailure, TaskFuture, Unmapped } from './future.ts';

/** `map` was given nothing to map over. */
class MappingMissingIterable extends Error {
  override readonly name = 'MappingMissingIterable';
}

/** The lists given to `map` differ in length. */
class MappingLengthMismatch extends Error {
  override readonly name = 'MappingLengthMismatch';
}

/**
 * The argument lists of the mapped task runs, in input order. Lists, sets, maps and generators are mapped over; text and
 * what stands in `unmapped` is given whole to each.
 * @throws MappingMissingIterable | MappingLengthMismatch
 */
export function mappedArguments(args: readonly unknown[]): readonly (readonly unknown[])[] {
  const lists = args.map((arg) => (isMapped(arg) ? [...arg] : undefined));
  const lengths = lists.flatMap((list) => (list ? [list.length] : []));
  const [length] = lengths;
  if (length === undefined)
    throw new MappingMissingIterable(
      'map needs a list among its arguments; unmapped values and text do not count.',
    );
  if (lengths.some((one) => one !== length))
    throw new MappingLengthMismatch(
      `map was given lists of different lengths: ${lengths.join(', ')}.`,
    );
  return Array.from({ length }, (_, i) =>
    args.map((arg, position) => {
      const list = lists[position];
      if (list) return list[i];
      return arg instanceof Unmapped ? (arg.value as unknown) : arg;
    }),
  );
}

function isMapped(value: unknown): value is Iterable<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Unmapped || value instanceof TaskFuture || value instanceof AllowFailure)
    return false;
  return Symbol.iterator in value;
}
