/** The file cannot be read, or not on; the message says what, where, and what next. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
