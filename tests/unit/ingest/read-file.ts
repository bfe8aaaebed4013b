import type { ImportPlan, ImportPreview, ImportReport, Reading } from '#domain/import-plan.ts';
import { rowText } from '#domain/rows.ts';
import { ImportSource, type ImportPorts } from '#ingest/import-source.ts';

export const quiet: ImportPorts = { breathe: async () => undefined, onProgress: () => undefined };

interface ReadRow {
  readonly text: string;
  readonly label: number;
  readonly id: string;
  readonly domain: string;
  readonly day?: number;
}

export interface ReadFile {
  readonly preview: ImportPreview;
  readonly report: ImportReport;
  readonly rows: readonly ReadRow[];
}

type Content = string | Uint8Array<ArrayBuffer> | Blob;

const blobOf = (content: Content): Blob =>
  content instanceof Blob ? content : new Blob([content]);

/** Why a file is not opened. @throws Error when it is */
export async function refusal(content: Content, name: string): Promise<string> {
  const opened = await new ImportSource(quiet).open(blobOf(content), name);
  if (opened.ok) throw new Error(`${name} was opened.`);
  return opened.reason;
}

/** Opens a file, takes what is guessed but for what is changed, and reads it to its end. */
export async function readFile(
  content: Content,
  name: string,
  { asked, plan = {} }: { asked?: Partial<Reading>; plan?: Partial<ImportPlan> } = {},
): Promise<ReadFile> {
  const source = new ImportSource(quiet);
  const opened = await source.open(blobOf(content), name, asked);
  if (!opened.ok) throw new Error(opened.reason);
  const { preview } = opened;
  const { reading, roles, labels } = preview;
  const whole: ImportPlan = { reading, roles, labels, leaveOutRepeats: false, ...plan };
  const report = await source.check(whole);
  if (!report) throw new Error('The check was cancelled.');
  return { preview, report, rows: report.stopped === undefined ? await rowsOf(source, whole) : [] };
}

async function rowsOf(source: ImportSource, plan: ImportPlan): Promise<readonly ReadRow[]> {
  const found: ReadRow[] = [];
  source.start(plan);
  for (let batch = await source.next(); batch; batch = await source.next())
    for (let row = 0; row < batch.rows.count; row++)
      found.push({
        text: rowText(batch.rows, row),
        label: batch.rows.labels[row] ?? -1,
        id: batch.rows.ids[row] ?? '',
        domain: batch.rows.domains[row] ?? '',
        ...(batch.days ? { day: batch.days[row] ?? 0 } : {}),
      });
  return found;
}

export async function gzipped(content: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([content]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export const utf16 = (text: string, littleEndian: boolean): Uint8Array<ArrayBuffer> => {
  const view = new DataView(new ArrayBuffer(2 * text.length + 2));
  view.setUint16(0, 0xfeff, littleEndian);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i + 2, text.charCodeAt(i), littleEndian);
  return new Uint8Array(view.buffer);
};

export const joined = (...pieces: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> => {
  const bytes = pieces.map((piece) =>
    typeof piece === 'string' ? new TextEncoder().encode(piece) : piece,
  );
  const all = new Uint8Array(bytes.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of bytes) {
    all.set(one, at);
    at += one.length;
  }
  return all;
};
