import { isCannotEncode } from '#domain/codec.ts';
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

const MAX_NAME = 200;
const MAX_MESSAGE = 10_000;

/** Whatever author code threw, as data. Never throws, though looking at it may run code of the author's. */
export function failureOf(thrown: unknown): Failure {
  try {
    return describe(thrown);
  } catch {
    return {
      kind: 'exception',
      name: 'Thrown',
      message: 'something that throws when it is looked at',
    };
  }
}

function describe(thrown: unknown): Failure {
  if (thrown instanceof RunFailure) return thrown.failure;
  if (thrown instanceof Interrupt)
    return { kind: 'interrupt', message: clip(words(thrown.message), MAX_MESSAGE) };
  if (isCannotEncode(thrown))
    return { kind: 'cannot-encode', path: thrown.path, message: thrown.message };
  if (!(thrown instanceof Error))
    return {
      kind: 'exception',
      name: 'Thrown',
      message: clip(typeof thrown === 'string' ? thrown : showValue(thrown), MAX_MESSAGE),
    };
  const stack = ownFrames(thrown.stack);
  const position = positionIn(stack);
  return {
    kind: 'exception',
    name: clip(words(thrown.name), MAX_NAME),
    message: clip(words(thrown.message), MAX_MESSAGE),
    ...(stack ? { stack } : {}),
    ...(position ? { position } : {}),
  };
}

/** Name and message of an error are what the author made them. */
const words = (value: unknown): string => (typeof value === 'string' ? value : showValue(value));

const clip = (text: string, most: number): string =>
  text.length <= most
    ? text
    : `${text.slice(0, most)}… (${text.length.toLocaleString('en-US')} characters)`;

const AUTHOR_FRAME = /((?:\.\/)?[\w./-]+\.ts):(\d+):(\d+)/;
/** A message may stand in the stack, as long as it is; no frame is so long. */
const MAX_FRAME = 1000;
const MAX_STACK = 20_000;

/** Author files are the only ones named `*.ts` in a stack; everything else is ours and says nothing to people. */
function ownFrames(stack: unknown): string | undefined {
  if (typeof stack !== 'string') return undefined;
  const frames = stack
    .slice(-MAX_STACK)
    .split('\n')
    .filter((line) => line.length <= MAX_FRAME && AUTHOR_FRAME.test(line));
  return frames.length === 0 ? undefined : frames.map((frame) => frame.trim()).join('\n');
}

function positionIn(stack: string | undefined): SourcePosition | undefined {
  const match = stack === undefined ? undefined : AUTHOR_FRAME.exec(stack);
  const [, file, line, column] = match ?? [];
  return file === undefined ? undefined : { file, line: Number(line), column: Number(column) };
}
