import batchScore from '#flows/batch-score.ts?raw';
import championChallenger from '#flows/champion-challenger.ts?raw';
import dataQuality from '#flows/data-quality.ts?raw';
import driftCheck from '#flows/drift-check.ts?raw';
import tfjsLayers from '#flows/tfjs-layers.ts?raw';

/** Of the built-in flows but the first, which the shell holds. */
export const FLOW_SOURCES: Readonly<Record<string, string>> = {
  'batch-score': batchScore,
  'champion-challenger': championChallenger,
  'data-quality': dataQuality,
  'drift-check': driftCheck,
  'tfjs-layers': tfjsLayers,
};
