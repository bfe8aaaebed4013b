import { CannotEncode } from '#domain/codec.ts';
import { describeFailure, type Failure, type SourcePosition } from '#domain/failures.ts';
import { showValue } from '#domain/show-value.ts';

/** A failure of the engine, given to author code as an exception so that a flow body can catch it. */
export class RunFailure extends Error {
  override readonly name: string;
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind === 'exception' ? failure.message : describeFailure(failure));
    this.name = nameOf(failure);
    this.failure = failure;
  }
}

function nameOf(failure: Failure): string {
  if (failure.kind === 'exception') return failure.name;
  if (failure.kind === 'parameters') return 'ParameterTypeError';
  return failure.kind === 'timeout' ? 'TimeoutError' : 'RunFailure';
}

/** Thrown by author code to stop itself: the run ends Crashed and no retry is used. */
export class Interrupt extends Error {
  override readonly name = 'Interrupt';
}

/** Whatever author code threw, as data. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof RunFailure) return thrown.failure;
  if (thrown instanceof Interrupt) return { kind: 'interrupt', message: thrown.message };
  if (thrown instanceof CannotEncode)
    return { kind: 'cannot-encode', path: thrown.path, message: thrown.message };
  if (!(thrown instanceof Error))
    return {
      kind: 'exception',
      name: 'Thrown',
      message: typeof thrown === 'string' ? thrown : showValue(thrown),
    };
  const stack = ownFrames(thrown.stack);
  const position = positionIn(stack);
  return {
    kind: 'exception',
    name: thrown.name,
    message: thrown.message,
    ...(stack ? { stack } : {}),
    ...(position ? { position } : {}),
  };
}

const AUTHOR_FRAME = /((?:\.\/)?[\w./-]+\.ts):(\d+):(\d+)/;

/** Author files are the only ones named `*.ts` in a stack; everything else is ours and says nothing to people. */
function ownFrames(stack: string | undefined): string | undefined {
  const frames = stack?.split('\n').filter((frame) => AUTHOR_FRAME.test(frame)) ?? [];
  return frames.length === 0 ? undefined : frames.map((frame) => frame.trim()).join('\n');
}

function positionIn(stack: string | undefined): SourcePosition | undefined {
  const match = stack === undefined ? undefined : AUTHOR_FRAME.exec(stack);
  const [, file, line, column] = match ?? [];
  return file === undefined ? undefined : { file, line: Number(line), column: Number(column) };
}
