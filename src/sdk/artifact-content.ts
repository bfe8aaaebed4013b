import {
  artifactLength,
  FILE_NAME,
  IMAGE_TYPES,
  imageTypeOf,
  isWebAddress,
  MAX_ARTIFACT_LENGTH,
  MAX_CHART_POINTS,
  MAX_CHART_SERIES,
  MAX_FILE_BYTES,
  MAX_IMAGE_BYTES,
  MEDIA_TYPE,
  type ImageType,
  type NewArtifactContent,
} from '#domain/artifacts.ts';
import { showValue } from '#domain/show-value.ts';

const MAX_TEXT = 2000;
const MAX_LABEL = 200;

type Content<T extends NewArtifactContent['type']> = Extract<NewArtifactContent, { type: T }>;

export interface ChartInput {
  readonly kind: 'line' | 'bar';
  /** Numbers in rising order, or names. */
  readonly x: readonly (string | number)[];
  /** As many values each as x has; NaN, infinities, null and undefined leave a gap. */
  readonly series: Readonly<Record<string, readonly (number | null | undefined)[]>>;
  readonly xLabel?: string;
  readonly yLabel?: string;
}

export interface ImageOptions {
  readonly mediaType: ImageType;
  /** What a person who does not see it needs to know. */
  readonly alt: string;
}

export function markdownOf(markdown: string): Content<'markdown'> {
  requireText('artifact.markdown', 'what it is given', markdown);
  return { type: 'markdown', markdown };
}

/** @throws TypeError unless it is an http or https address that names nobody */
export function linkOf(url: string, text: string | undefined): Content<'link'> {
  if (text !== undefined) requireText('artifact.link', 'its text', text, MAX_TEXT);
  const address = typeof url === 'string' && URL.canParse(url) ? new URL(url).href : '';
  if (!isWebAddress(address))
    throw new TypeError(
      `artifact.link takes a whole http or https address without a password and of at most 2000 characters, like 'https://example.org/report', not ${showValue(url)}.`,
    );
  return { type: 'link', url: address, ...(text === undefined ? {} : { text }) };
}

/** @throws TypeError when the bytes are no such image; RangeError when they are too many */
export function imageOf(
  image: Uint8Array | ArrayBuffer,
  { mediaType, alt }: ImageOptions,
): Content<'image'> {
  if (!(image instanceof Uint8Array || image instanceof ArrayBuffer))
    throw new TypeError(
      `artifact.image takes the bytes of an image as a Uint8Array, not ${showValue(image)}.`,
    );
  requireText('artifact.image', 'alt, which says what it shows,', alt, MAX_TEXT);
  const bytes = new Uint8Array(image);
  if (bytes.length > MAX_IMAGE_BYTES)
    throw new RangeError(
      `artifact.image: ${bytes.length} bytes, and ${MAX_IMAGE_BYTES} is the limit. Make it smaller.`,
    );
  const type = imageTypeOf(bytes);
  if (type === undefined || type !== mediaType)
    throw new TypeError(
      `artifact.image: the bytes are ${type ?? 'no image that is known'}, and mediaType is ${showValue(mediaType)}. It must be one of ${IMAGE_TYPES.join(', ')}, and be true.`,
    );
  return { type: 'image', bytes: bytes.slice().buffer, mediaType, alt };
}

export interface FileInput {
  /** Letters, digits, spaces, dots, dashes: `scores.csv`. */
  readonly name: string;
  /** `text/csv` */
  readonly mediaType: string;
  /** Text is kept as UTF-8. */
  readonly content: string | Uint8Array;
}

/** @throws TypeError when its name, type or content is none; RangeError when it is too long */
export function fileOf({ name, mediaType, content }: FileInput): Content<'file'> {
  if (!(typeof name === 'string' && FILE_NAME.test(name)))
    throw new TypeError(
      `artifact.file: a name is 2 to 100 letters, digits, spaces, dots, dashes and underscores, like 'scores.csv', and begins and ends with a letter or digit; this is ${showValue(name)}.`,
    );
  if (!(typeof mediaType === 'string' && MEDIA_TYPE.test(mediaType)))
    throw new TypeError(
      `artifact.file: mediaType is like 'text/csv', not ${showValue(mediaType)}.`,
    );
  if (!(typeof content === 'string' || content instanceof Uint8Array))
    throw new TypeError(
      `artifact.file: content is text or a Uint8Array, not ${showValue(content)}.`,
    );
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content.slice();
  if (bytes.length > MAX_FILE_BYTES)
    throw new RangeError(
      `artifact.file: '${name}' has ${bytes.length} bytes, and ${MAX_FILE_BYTES} is the limit. Make two of it.`,
    );
  return { type: 'file', name, mediaType, bytes: new Uint8Array(bytes).buffer };
}

/** @throws TypeError | RangeError naming what is wrong with which series */
export function chartOf({ kind, x, series, xLabel, yLabel }: ChartInput): Content<'chart'> {
  const fail = (problem: string) => new TypeError(`artifact.chart: ${problem}.`);
  if (kind !== 'line' && kind !== 'bar')
    throw fail(`kind is 'line' or 'bar', not ${showValue(kind)}`);
  if (!Array.isArray(x) || !x.every(isPlace)) throw fail('x is a list of numbers or of names');
  const names = Object.keys(series ?? {});
  if (names.length === 0) throw fail('it has no series: give them as { loss: [0.9, 0.4] }');
  if (names.length > MAX_CHART_SERIES)
    throw fail(`${names.length} series, and ${MAX_CHART_SERIES} is the limit; draw two charts`);
  if (names.some((name) => name.length > MAX_LABEL))
    throw fail(`the name of a series is longer than ${MAX_LABEL} characters`);
  if (x.length > MAX_CHART_POINTS)
    throw fail(`${x.length} points, and ${MAX_CHART_POINTS} is the limit; leave some out`);
  return {
    type: 'chart',
    chart: kind,
    x,
    series: names.map((name) => ({ name, values: valuesOf(name, series[name], x.length, fail) })),
    ...(xLabel === undefined ? {} : { xLabel: labelOf('xLabel', xLabel) }),
    ...(yLabel === undefined ? {} : { yLabel: labelOf('yLabel', yLabel) }),
  };
}

const isPlace = (value: unknown): boolean =>
  typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));

function valuesOf(
  name: string,
  values: unknown,
  length: number,
  fail: (problem: string) => Error,
): readonly (number | null)[] {
  if (!Array.isArray(values) || values.length !== length)
    throw fail(
      `series ${showValue(name)} must have ${length} values, as many as x, not ${Array.isArray(values) ? values.length : showValue(values)}`,
    );
  return values.map((value: unknown, i) => {
    if (value === null || value === undefined) return null;
    if (typeof value === 'number') return Number.isFinite(value) ? value : null;
    throw fail(`series ${showValue(name)}, value ${i + 1} is ${showValue(value)}, no number`);
  });
}

function labelOf(which: string, label: unknown): string {
  requireText('artifact.chart', which, label, MAX_LABEL);
  return label;
}

function requireText(
  where: string,
  what: string,
  value: unknown,
  most = Infinity,
): asserts value is string {
  if (typeof value !== 'string')
    throw new TypeError(`${where}: ${what} must be text, not ${showValue(value)}.`);
  if (value.length > most)
    throw new RangeError(`${where}: ${what} is longer than ${most} characters.`);
}

/** @throws RangeError when its texts and numbers are more than a message may hold */
export function refuseLong(content: NewArtifactContent): void {
  const length = artifactLength(content);
  if (length <= MAX_ARTIFACT_LENGTH) return;
  throw new RangeError(
    `artifact.${content.type}: its content is ${length} characters long, and ${MAX_ARTIFACT_LENGTH} is the limit. Show a part of it.`,
  );
}
