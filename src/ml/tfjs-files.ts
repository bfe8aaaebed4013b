import { zipSync, type Zippable } from 'fflate';
import type { StoredModel } from './container.ts';
import { TFJS_INPUT_TEXT } from './tfjs-input-text.ts';
import { featureCount, type Vocabulary } from './vocabulary.ts';

/** Files of a zip by name, as bytes. */
export type NamedFiles = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

/** A fixed date: the same model gives the same bytes. */
const AT = new Date(2020, 0, 1);

export function tensorFlowZip(model: StoredModel): Uint8Array<ArrayBuffer> {
  const files: Zippable = { ...tensorFlowFiles(model) };
  return zipSync(files, { mtime: AT });
}

/**
 * A model as what `tf.loadLayersModel` loads, of Layers as they are. A table with a row for each feature, of which a
 * text looks up its own: 0.5 MB of indices in place of 2 MB of zeros where the vocabulary is large. Then
 * probability = sigmoid(mean of the rows x scale + bias).
 */
export function tensorFlowFiles(model: StoredModel): NamedFiles {
  const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
  return {
    'model.json': bytes(JSON.stringify(modelJson(featureCount(model.vocabulary)), null, 1)),
    'weights.bin': weightBytes(model),
    'vocabulary.json': bytes(JSON.stringify(vocabularyJson(model.vocabulary))),
    'input.js': bytes(TFJS_INPUT_TEXT),
    'README.txt': bytes(readme(model)),
  };
}

/** Row 0 of the table is padding and stays 0. Then the one weight of the last layer, which is 1, and the bias. */
function weightBytes({ weights, bias }: StoredModel): Uint8Array<ArrayBuffer> {
  const all = new Float32Array(weights.length + 3);
  all.set(weights, 1);
  all.set([1, bias], weights.length + 1);
  // A machine with the other byte order is not among those that run this.
  return new Uint8Array(all.buffer);
}

const layer = (
  class_name: string,
  name: string,
  config: object,
  inputs: readonly string[],
): object => ({
  class_name,
  name,
  config: { name, trainable: true, ...config },
  inbound_nodes: inputs.length === 0 ? [] : [inputs.map((one) => [one, 0, 0, {}])],
});

function modelJson(features: number): object {
  const config = {
    name: 'sentiment',
    layers: [
      layer(
        'InputLayer',
        'indices',
        { batch_input_shape: [null, null], dtype: 'int32', sparse: false },
        [],
      ),
      layer(
        'InputLayer',
        'scale',
        { batch_input_shape: [null, 1], dtype: 'float32', sparse: false },
        [],
      ),
      layer(
        'Embedding',
        'weights',
        { input_dim: features + 1, output_dim: 1, mask_zero: false, dtype: 'float32' },
        ['indices'],
      ),
      layer('GlobalAveragePooling1D', 'mean', { data_format: 'channels_last' }, ['weights']),
      layer('Multiply', 'scaled', {}, ['mean', 'scale']),
      layer('Dense', 'probability', { units: 1, activation: 'sigmoid', use_bias: true }, [
        'scaled',
      ]),
    ],
    input_layers: [
      ['indices', 0, 0],
      ['scale', 0, 0],
    ],
    output_layers: [['probability', 0, 0]],
  };
  const weight = (name: string, shape: readonly number[]) => ({ name, shape, dtype: 'float32' });
  return {
    format: 'layers-model',
    generatedBy: 'Nightshift',
    convertedBy: null,
    modelTopology: {
      class_name: 'Model',
      config,
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [
          weight('weights/embeddings', [features + 1, 1]),
          weight('probability/kernel', [1, 1]),
          weight('probability/bias', [1]),
        ],
      },
    ],
  };
}

function vocabularyJson({ words, pairs }: Vocabulary): object {
  const decoder = new TextDecoder();
  return {
    words: Array.from({ length: words.size }, (_, id) => decoder.decode(words.entry(id))),
    pairs: Array.from({ length: pairs.size }, (_, id) => [pairs.left(id), pairs.right(id)]),
  };
}

const readme = ({
  meta,
}: StoredModel): string => `A sentiment model of Nightshift for TensorFlow.js.

model.json, weights.bin  tf.loadLayersModel('model.json') loads them; Layers as they are, nothing of ours is needed.
vocabulary.json          { words, pairs }: the texts of the words, and pairs of their numbers, counted from 0.
input.js                 makes the input from texts: its first lines are an example.

Inputs, in this order
  indices  int32, [rows, columns]: 1 + number of each word of the text that the vocabulary holds, and
           1 + words + number of each pair of neighbouring words; each once, in any order, padded with 0.
  scale    float32, [rows, 1]: columns / sqrt(how many there are), or 0 when there are none.
Output
  float32, [rows, 1]: the probability of "positive", 0 to 1.

Trained on ${meta.trainedRows} rows with seed ${meta.seed}, backend ${meta.backend}, snapshot ${meta.snapshot}.
Metrics on held-out rows: ${JSON.stringify(meta.metrics)}
`;
