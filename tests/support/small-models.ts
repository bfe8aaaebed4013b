import { packRows } from '#domain/rows.ts';
import { packModel, type ModelOrigin } from '#ml/container.ts';
import { learnFeatures } from '#ml/learn-features.ts';
import { featureCount } from '#ml/vocabulary.ts';

/** What is said of each, but where a test says otherwise. */
export const SMALL_ORIGIN: ModelOrigin = {
  trainedRows: 3,
  seed: 7,
  snapshot: 'sha256-abc',
  backend: 'cpu',
  metrics: { accuracy: 0.9 },
  createdBy: 'a test',
};

/** A model file over the words and pairs of some texts, with a weight for each. */
export function smallModel(
  texts: readonly string[],
  weight: (feature: number) => number,
  { bias = -0.25, ...origin }: Partial<ModelOrigin> & { readonly bias?: number } = {},
): Uint8Array<ArrayBuffer> {
  const rows = texts.map((text, i) => ({ id: `${i}`, domain: 'test', label: 1 as const, text }));
  const { vocabulary } = learnFeatures(packRows(rows), 1);
  const weights = Float32Array.from({ length: featureCount(vocabulary) }, (_, f) => weight(f));
  return packModel({ ...SMALL_ORIGIN, ...origin }, { vocabulary, weights, bias });
}
