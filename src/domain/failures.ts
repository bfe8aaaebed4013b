import { assertNever } from './assert-never.ts';

/** Where in the author's source something happened; line and column counted from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Expected failure is data on the run. Thrown errors mean a bug, broken input or a dead resource. */
export type Failure =
  | {
      readonly kind: 'exception';
      /** `Error`, `TypeError`, ... */
      readonly name: string;
      readonly message: string;
      readonly stack?: string;
      readonly position?: SourcePosition;
      /** True when a fault threw it, not the author's code. */
      readonly injected?: boolean;
    }
  | { readonly kind: 'timeout'; readonly seconds: number; readonly subject: 'Task' | 'Flow' }
  | { readonly kind: 'lost'; readonly cause: LossCause; readonly injected?: boolean }
  | { readonly kind: 'load'; readonly message: string; readonly position?: SourcePosition }
  | { readonly kind: 'parameters'; readonly problems: readonly string[] }
  | { readonly kind: 'non-determinism'; readonly recorded: string; readonly called: string }
  | { readonly kind: 'cannot-encode'; readonly path: string; readonly message: string }
  | { readonly kind: 'storage-full'; readonly message: string }
  | { readonly kind: 'cancelled'; readonly reason: string }
  /** Author code stopped itself: `throw new Interrupt('...')`. Nothing is retried. */
  | { readonly kind: 'interrupt'; readonly message: string }
  /** What it waits for ended without completing, so it never ran. */
  | { readonly kind: 'upstream'; readonly taskRun: string };

/** What an attempt was lost to; never the author's doing. */
export type LossCause =
  | 'worker terminated'
  | 'worker unresponsive'
  | 'worker process ended, most likely out of memory'
  | 'engine stopped or tab closed'
  | 'worker did not start';

/** One sentence for people; ends without a full stop. */
export function describeFailure(failure: Failure): string {
  switch (failure.kind) {
    case 'exception':
      return `${failure.name}: ${failure.message}`;
    case 'timeout':
      return `${failure.subject} run exceeded timeout of ${failure.seconds} second(s)`;
    case 'lost':
      return `The attempt was lost: ${failure.cause}`;
    case 'load':
      return `The source did not load: ${failure.message}`;
    case 'parameters':
      return `Parameters were refused: ${failure.problems.join('; ')}`;
    case 'non-determinism':
      return `The flow did not repeat itself: recorded ${failure.recorded}, now called ${failure.called}`;
    case 'cannot-encode':
      return `${failure.path} cannot be stored or sent: ${failure.message}`;
    case 'storage-full':
      return `The browser's storage is full: ${failure.message}`;
    case 'cancelled':
      return failure.reason;
    case 'interrupt':
      return `Execution was aborted: ${failure.message}`;
    case 'upstream':
      return `Upstream task run '${failure.taskRun}' did not reach a 'COMPLETED' state.`;
    default:
      return assertNever(failure);
  }
}

/** `Error('source unavailable')`: how Prefect's retry line quotes an exception. */
export function quoteFailure(failure: Failure): string {
  return failure.kind === 'exception'
    ? `${failure.name}('${failure.message}')`
    : describeFailure(failure);
}
