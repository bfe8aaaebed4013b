import type { ImportNote, ImportPlan, ImportReport } from '#domain/import-plan.ts';

/** `loadDataset` splits by label and demands both on either side. */
const FEWEST_OF_A_LABEL = 5;

type Counted = Omit<ImportReport, 'notes'>;

/** What will stand in the way of training, and what was probably read wrongly. */
export function notesOn(report: Counted, { roles, reading }: ImportPlan): readonly ImportNote[] {
  const notes: ImportNote[] = [];
  if (report.damagedLines > 0 && reading.encoding === 'utf-8')
    notes.push({
      message: `${plural(report.damagedLines, 'line')} of the file hold bytes that are no UTF-8 and are left out. It may have been written as Windows-1252.`,
      offer: { label: 'Read it as Windows-1252', reading: { encoding: 'windows-1252' } },
    });
  if (report.rows > 0)
    notes.push(...(roles.label === undefined ? [UNLABELLED_NOTE] : onLabels(report)));
  if (report.unmappedRows > 0 && report.rows === 0)
    notes.push({
      message:
        'No row has a label that was mapped. Say below which values mean positive and which negative.',
    });
  return notes;
}

const UNLABELLED_NOTE: ImportNote = {
  message:
    'Without a label column the rows can be scored, and loadDataset refuses to train on them.',
};

function onLabels({ rows, positive, negative }: Counted): readonly ImportNote[] {
  const fewest = Math.min(positive, negative);
  if (fewest === 0)
    return [
      {
        message: `All ${plural(rows, 'row')} are ${positive > 0 ? 'positive' : 'negative'}. They can be imported, and loadDataset refuses to train on one label: add rows of the other, or look at the mapping.`,
      },
    ];
  if (fewest < FEWEST_OF_A_LABEL)
    return [
      {
        message: `There are ${positive} positive and ${negative} negative rows. They can be imported, and loadDataset needs at least ${FEWEST_OF_A_LABEL} of each label to train and to hold out.`,
      },
    ];
  return [];
}

const plural = (count: number, what: string): string =>
  `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
