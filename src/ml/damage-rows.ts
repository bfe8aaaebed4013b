import type { Snapshot } from '#domain/author-host.ts';
import { packRows, rowText, UNLABELLED, type RowBatch, type TextRow } from '#domain/rows.ts';
import { seededRandom } from './seeded.ts';

type Days = Snapshot['days'];
type Spoil = (row: TextRow, other: TextRow) => TextRow;

/** What goes wrong with files of reviews: empty cells, UTF-8 read as Latin-1, and copies that contradict each other. */
const SPOILS: readonly Spoil[] = [
  (row) => ({ ...row, text: '' }),
  (row) => ({ ...row, text: row.text.replaceAll(/['" ]/g, 'â€™') }),
  (row, other) => ({ ...row, text: other.text, label: turned(other.label) }),
];

/** The same days with a share of the rows spoilt, the same for the same seed. Ids stay: a row can be found again. */
export function damageRows(
  days: Days,
  { damage, seed }: { readonly damage: number; readonly seed: number },
): Days {
  if (damage === 0) return days;
  const random = seededRandom(seed);
  return days.map(({ day, rows }) => {
    const texts = textRows(rows);
    const spoilt = texts.map((row): TextRow => {
      if (random() >= damage) return row;
      const spoil = SPOILS[Math.floor(random() * SPOILS.length)];
      const other = texts[Math.floor(random() * texts.length)] ?? row;
      return spoil?.(row, other) ?? row;
    });
    return { day, rows: packRows(spoilt) };
  });
}

/** One object a row, for people and for code that is not in a hurry. */
export const textRows = (batch: RowBatch): readonly TextRow[] =>
  Array.from({ length: batch.count }, (_, row) => ({
    id: batch.ids[row] ?? '',
    domain: batch.domains[row] ?? '',
    label: labelOf(batch.labels[row]),
    text: rowText(batch, row),
  }));

const labelOf = (label: number | undefined): TextRow['label'] =>
  label === 0 || label === 1 ? label : UNLABELLED;

const turned = (label: TextRow['label']): TextRow['label'] =>
  label === UNLABELLED ? label : label === 1 ? 0 : 1;
