/** Something that the person at the command line can put right: told in words, without a stack. */
export class Refusal extends Error {
  /** @override */
  name = 'Refusal';
}

/**
 * Runs a command; a refusal ends it with its message on stderr and exit code 1.
 * @param {() => void | Promise<void>} command
 */
export async function orRefuse(command) {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
