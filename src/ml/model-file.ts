import type { ModelFileAbout } from '#domain/models.ts';
import type { ModelFileRead } from '#domain/ports.ts';
import { unpackModel, type StoredModel } from './container.ts';
import { UnreadableFile, type FileFault } from './framed-file.ts';

const LONGEST = 200;
const MOST_METRICS = 50;

const NEXT: Readonly<Record<FileFault, string>> = {
  foreign: 'Choose a file that was downloaded from a Models page.',
  damaged: 'Download or copy it again, and import that.',
  'of another version':
    'Reload the page to get the newest Nightshift; if that cannot read it either, train the model again.',
};

/** What a model file that somebody brings holds; whatever else it is given, it says what is wrong and what next. */
export function readModelFile(file: ArrayBuffer): ModelFileRead {
  try {
    return { ok: true, about: aboutModel(checked(unpackModel(new Uint8Array(file)))) };
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return { ok: false, reason: `${error.message}. ${NEXT[error.fault]}` };
  }
}

export function aboutModel({ meta, weights }: StoredModel): ModelFileAbout {
  const { trainedRows, seed, snapshot, backend, metrics, createdBy } = meta;
  return { features: weights.length, trainedRows, seed, snapshot, backend, metrics, createdBy };
}

/** Whoever writes a file with the right checksum may still have written nonsense. */
function checked(model: StoredModel): StoredModel {
  const { meta, weights, bias } = model;
  if (!Number.isFinite(bias) || !weights.every(Number.isFinite))
    throw new UnreadableFile('not all of its weights are numbers');
  if ([meta.snapshot, meta.backend, meta.createdBy].some((text) => text.length > LONGEST))
    throw new UnreadableFile(`a text of its header is longer than ${LONGEST} characters`);
  if (Object.keys(meta.metrics).length > MOST_METRICS)
    throw new UnreadableFile(`it has more than ${MOST_METRICS} metrics`);
  return model;
}
