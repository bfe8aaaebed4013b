import { readFileSync } from 'node:fs';
import type { SourceFile } from '#domain/records.ts';

/** One file with what a flow needs in front of it. */
export const sourceText = (text: string): readonly SourceFile[] => [
  {
    name: 'flow.ts',
    text: `import { allowFailure, Cancelled, Completed, context, exponentialBackoff, Failed, flow, integer, logger, number, Paused, sleep, task, unmapped } from 'nightshift';\n${text}`,
  },
];

const url = new URL('../../src/flows/retrain-sentiment.ts', import.meta.url);

/** The built-in flow, as it is shown to people. */
export const retrainSentiment: readonly SourceFile[] = [
  { name: 'retrain-sentiment.ts', text: readFileSync(url, 'utf8') },
];
