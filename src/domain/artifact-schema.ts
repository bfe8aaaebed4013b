import * as v from 'valibot';
import {
  ARTIFACT_KEY,
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
  MAX_TABLE_COLUMNS,
  MAX_TABLE_ROWS,
  MEDIA_TYPE,
} from './artifacts.ts';
import { evaluationSchema } from './evaluation-schema.ts';

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const list = <S extends v.GenericSchema>(item: S, max: number) =>
  v.pipe(v.array(item), v.maxLength(max), v.readonly());
const finite = v.pipe(v.number(), v.finite());
const cell = v.union([v.string(), finite, v.boolean(), v.null()]);
const label = v.optional(text(200));

export const progressValue = v.pipe(v.number(), v.minValue(0), v.maxValue(100));

const table = v.pipe(
  v.object({
    type: v.literal('table'),
    columns: list(v.string(), MAX_TABLE_COLUMNS),
    rows: list(list(cell, MAX_TABLE_COLUMNS), MAX_TABLE_ROWS),
  }),
  v.check(
    ({ columns, rows }) => rows.every((row) => row.length === columns.length),
    'a row is not as long as the columns are many',
  ),
);

const image = v.pipe(
  v.object({
    type: v.literal('image'),
    bytes: v.pipe(
      v.instance(ArrayBuffer),
      v.check((buffer) => buffer.byteLength <= MAX_IMAGE_BYTES, `longer than ${MAX_IMAGE_BYTES}`),
    ),
    mediaType: v.picklist(IMAGE_TYPES),
    alt: text(2000),
  }),
  v.check(
    ({ bytes, mediaType }) => imageTypeOf(new Uint8Array(bytes)) === mediaType,
    'its bytes are no such image',
  ),
);

const file = v.object({
  type: v.literal('file'),
  bytes: v.pipe(
    v.instance(ArrayBuffer),
    v.check((buffer) => buffer.byteLength <= MAX_FILE_BYTES, `longer than ${MAX_FILE_BYTES}`),
  ),
  name: v.pipe(v.string(), v.regex(FILE_NAME)),
  mediaType: v.pipe(v.string(), v.regex(MEDIA_TYPE)),
});

const chart = v.pipe(
  v.object({
    type: v.literal('chart'),
    chart: v.picklist(['line', 'bar']),
    x: list(v.union([v.string(), finite]), MAX_CHART_POINTS),
    series: list(
      v.object({ name: text(200), values: list(v.nullable(finite), MAX_CHART_POINTS) }),
      MAX_CHART_SERIES,
    ),
    xLabel: label,
    yLabel: label,
  }),
  v.check(
    ({ x, series }) => series.every(({ values }) => values.length === x.length),
    'a series is not as long as x',
  ),
);

const content = v.pipe(
  v.variant('type', [
    v.object({ type: v.literal('markdown'), markdown: v.string() }),
    table,
    v.object({ type: v.literal('progress'), progress: progressValue }),
    v.object({
      type: v.literal('link'),
      url: v.pipe(v.string(), v.check(isWebAddress, 'no http or https address')),
      text: v.optional(text(2000)),
    }),
    image,
    file,
    chart,
    v.object({ type: v.literal('evaluation'), evaluation: evaluationSchema }),
  ]),
  v.check((one) => artifactLength(one) <= MAX_ARTIFACT_LENGTH, 'too long'),
);

/** What author code says of a new artifact; nothing of it is believed before. */
export const newArtifact = {
  key: v.optional(v.pipe(v.string(), v.regex(ARTIFACT_KEY))),
  description: v.optional(text(2000)),
  content,
};
