/** Ends every `switch` over a union: a new member becomes a type error where it is not handled. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value ${JSON.stringify(value)}: a case is missing here.`);
}
