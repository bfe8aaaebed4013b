/** A flow that comes with the site; its source is fetched when it is wanted. */
export interface FlowChoice {
  readonly id: string;
  /** What it shows, in one line. */
  readonly about: string;
}

/** In the order in which they are offered: the first is the Lab's own. */
export const FLOW_CHOICES: readonly FlowChoice[] = [
  { id: 'retrain-sentiment', about: 'Retrain, evaluate, and promote if the gate says yes.' },
  { id: 'champion-challenger', about: 'Try several settings, and let the best meet the champion.' },
  { id: 'drift-check', about: 'Are the newest reviews still like those the champion knows?' },
  { id: 'batch-score', about: 'Score a whole dataset, and download the answers as CSV.' },
  { id: 'data-quality', about: 'Find bad rows, leave them out, or stop when there are too many.' },
  { id: 'tfjs-layers', about: 'A small neural network with TensorFlow.js Layers.' },
];
