import type { ImportBatch, ImportEnd, ImportRequest } from '#domain/datasets.ts';
import type { EngineApi } from '#domain/engine-api.ts';
import { packRows, type TextRow } from '#domain/rows.ts';

type Importing = Pick<EngineApi, 'beginImport' | 'appendRows' | 'commitImport' | 'abortImport'>;

/** A row whose id is to be given by the engine. */
export const textRow = (text: string, label: TextRow['label'] = 1, domain = ''): TextRow => ({
  id: '',
  domain,
  label,
  text,
});

/** `count` rows that differ, of both labels in turn. */
export const someRows = (count: number, word = 'row'): readonly TextRow[] =>
  Array.from({ length: count }, (_, i) => textRow(`${word} number ${i}`, i % 2 === 0 ? 1 : 0));

export const importRequest = (fields: Partial<ImportRequest> = {}): ImportRequest => ({
  name: 'mine',
  from: 'mine.csv',
  existing: 'refuse',
  labelled: true,
  ...fields,
});

/** Imports batches of rows as the page does. */
export async function importRows(
  engine: Importing,
  batches: readonly (readonly TextRow[] | ImportBatch)[],
  fields: Partial<ImportRequest> = {},
): Promise<ImportEnd> {
  const begun = await engine.beginImport(importRequest(fields));
  if (!begun.ok) return begun;
  for (const batch of batches) {
    const step = await engine.appendRows(
      begun.id,
      'rows' in batch ? batch : { rows: packRows(batch) },
    );
    if (!step.ok) return step;
  }
  return engine.commitImport(begun.id);
}
