import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import type { AsyncBuffer, Compressors, FileMetaData } from 'hyparquet';
import type { RawRow } from '#domain/import-plan.ts';
import { cellOf } from './cell.ts';
import { reasonOf, Unreadable } from './unreadable.ts';

const ROWS_AT_ONCE = 2_000;
/** A row group is decoded as a whole. */
const MAX_GROUP_BYTES = 512 * 1024 * 1024;
/** What hyparquet decompresses by itself. */
const BUILT_IN = new Set(['UNCOMPRESSED', 'SNAPPY']);

interface ParquetFile {
  readonly columns: readonly string[];
  rows(wanted?: readonly string[]): AsyncGenerator<readonly RawRow[]>;
}

/** @throws Unreadable when the file is damaged or cannot be held */
export async function openParquet(
  blob: Blob,
  name: string,
  onBytes: (bytes: number) => void,
): Promise<ParquetFile> {
  const file = readable(blob, onBytes);
  const metadata = await whole(name, () => parquetMetadataAsync(file));
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  return {
    columns,
    rows: (wanted = columns) => rowsOf({ name, file, metadata, columns, wanted }),
  };
}

interface Read {
  readonly name: string;
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly columns: readonly string[];
  readonly wanted: readonly string[];
}

async function* rowsOf(read: Read): AsyncGenerator<readonly RawRow[]> {
  const { metadata, columns, wanted, name, file } = read;
  const compressors = await compressorsFor(metadata);
  let rowStart = 0;
  for (const { num_rows, total_byte_size } of metadata.row_groups) {
    if (Number(total_byte_size) > MAX_GROUP_BYTES)
      throw new Unreadable(
        `A row group of ${name} has ${Math.round(Number(total_byte_size) / 1024 / 1024)} MB, and it has to be decoded as a whole. Write the file with row groups of at most ${MAX_GROUP_BYTES / 1024 / 1024} MB.`,
      );
    const rowEnd = rowStart + Number(num_rows);
    const objects = await whole(name, () =>
      parquetReadObjects({
        file,
        metadata,
        rowStart,
        rowEnd,
        columns: [...wanted],
        ...(compressors ? { compressors } : {}),
      }),
    );
    for (let i = 0; i < objects.length; i += ROWS_AT_ONCE)
      yield objects.slice(i, i + ROWS_AT_ONCE).map((object, n) => ({
        line: rowStart + i + n + 1,
        cells: columns.map((column) => cellOf(object[column])),
      }));
    rowStart = rowEnd;
  }
}

function readable(blob: Blob, onBytes: (bytes: number) => void): AsyncBuffer {
  let furthest = 0;
  return {
    byteLength: blob.size,
    async slice(start, end = blob.size) {
      const bytes = await blob.slice(start, end).arrayBuffer();
      onBytes((furthest = Math.max(furthest, start + bytes.byteLength)));
      return bytes;
    },
  };
}

/** Loaded only for a file that needs them. */
async function compressorsFor({ row_groups }: FileMetaData): Promise<Compressors | undefined> {
  const codecs = row_groups.flatMap(({ columns }) =>
    columns.flatMap(({ meta_data }) => meta_data?.codec ?? []),
  );
  if (codecs.every((codec) => BUILT_IN.has(codec))) return undefined;
  return (await import('hyparquet-compressors')).compressors;
}

async function whole<T>(name: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new Unreadable(
      `${name} is a damaged Parquet file (${reasonOf(error)}). Download or make it again.`,
    );
  }
}
