import type { FeedMessage } from '#domain/engine-api.ts';
import { runStream, type FlowRunId } from '#domain/ids.ts';
import { formatLogLine, type Line } from '#domain/lines.ts';
import { isTerminal } from '#domain/states.ts';
import { Refusal } from '#scripts/refusal.mjs';

/** One run as its messages come in. They may come before it is known which run is ours; then they wait. */
export interface RunWatch {
  readonly take: (message: FeedMessage) => void;
  fail(reason: string): void;
  /** Settles when the run has ended; rejects with a Refusal when it cannot end any more. */
  follow(id: FlowRunId): Promise<void>;
  /** The last lines are stored with the end, and may be on their way still. */
  printRest(all: readonly Line[]): void;
}

export function watchRun(print: (text: string) => void): RunWatch {
  const end = deferred();
  const early: FeedMessage[] = [];
  let ours: FlowRunId | undefined;
  let printed = 0;
  const printAll = (texts: readonly string[]) => {
    printed += texts.length;
    texts.forEach(print);
  };
  const fail = (reason: string) => end.reject(new Refusal(reason));
  const take = (message: FeedMessage) => {
    if (message.kind === 'stopped') return fail(message.reason);
    if (ours === undefined) return void early.push(message);
    printAll(logTexts(linesOf(message, ours)));
    if (isEndOf(message, ours)) end.resolve();
  };
  return {
    take,
    fail,
    follow(id) {
      ours = id;
      early.splice(0).forEach(take);
      return end.promise;
    },
    printRest: (all) => printAll(logTexts(all).slice(printed)),
  };
}

const linesOf = (message: FeedMessage, id: FlowRunId): readonly Line[] =>
  message.kind === 'lines' && message.flowRunId === id ? message.lines : [];

/** In the time zone of this machine. */
const logTexts = (lines: readonly Line[]): readonly string[] =>
  lines.flatMap((line) =>
    line.kind === 'log' ? [formatLogLine(line, -new Date(line.at).getTimezoneOffset())] : [],
  );

function isEndOf(message: FeedMessage, id: FlowRunId): boolean {
  if (message.kind !== 'event' || message.event.streamId !== runStream(id)) return false;
  const { body } = message.event;
  return body.kind === 'flow-run.state' && isTerminal(body.state);
}

/** A promise and what settles it; Node 20 has no Promise.withResolvers. */
function deferred() {
  let resolve = (): void => undefined;
  let reject = (_reason: Error): void => undefined;
  const promise = new Promise<void>((done, fail) => {
    resolve = done;
    reject = fail;
  });
  promise.catch(() => undefined); // it may fail before anybody waits for it
  return { promise, resolve: () => resolve(), reject: (reason: Error) => reject(reason) };
}
