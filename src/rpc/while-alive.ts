export interface WhileAlive {
  /** The answer, or a rejection when the worker fails or is ended before: a dead worker answers nothing. */
  readonly alive: <P extends Promise<unknown>>(answer: P) => Promise<Awaited<P>>;
  /** Ends the worker, and what is still waited for. */
  readonly end: () => void;
}

/** @param who `The worker that reads files`, for the message */
export function whileAlive(worker: Worker, who: string): WhileAlive {
  let fail: (reason: Error) => void = () => undefined;
  const ended = new Promise<never>((_, reject) => (fail = reject));
  // Whoever waits hears of it; when nobody does, it is no error.
  ended.catch(() => undefined);
  worker.onerror = ({ message }) =>
    fail(
      new Error(`${who} stopped${message ? `: ${message}` : ''}. Reload the page, and try again.`),
    );
  return {
    alive: (answer) => Promise.race([answer, ended]),
    end() {
      worker.terminate();
      fail(new Error(`${who} was ended.`));
    },
  };
}
