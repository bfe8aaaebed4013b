import type { ModelFileAbout } from '#domain/models.ts';
import { packFile, unpackFile, UnreadableFile } from './framed-file.ts';
import { ByteReader, ByteWriter } from './little-endian.ts';
import { isNumbers } from './model-facts.ts';
import { TOKENISER_VERSION } from './tokenise.ts';
import { ByteTable } from './byte-table.ts';
import { PairTable } from './pair-table.ts';
import { featureCount, type Vocabulary } from './vocabulary.ts';

export { UnreadableFile } from './framed-file.ts';

const MAGIC = 'NSMODEL1';

/** What whoever packs a model says of it. */
export type ModelOrigin = Omit<ModelFileAbout, 'features'>;

/** What is told about a model in its file. */
export interface ModelMeta extends ModelOrigin {
  readonly kind: 'sentiment';
  readonly tokeniser: number;
  readonly words: number;
  readonly pairs: number;
  /** Bytes of all words together. */
  readonly wordBytes: number;
}

export interface StoredModel {
  readonly meta: ModelMeta;
  readonly vocabulary: Vocabulary;
  /** One a feature, column scale included. */
  readonly weights: Float32Array;
  readonly bias: number;
}

/**
 * A model as one file. Body: length of each word (1 byte each), the words, the pairs (two word numbers each, 2
 * bytes each below 65,536 words, else 4), weights and bias (float32). The same model gives the same bytes.
 */
export function packModel(
  origin: ModelOrigin,
  { vocabulary, weights, bias }: Omit<StoredModel, 'meta'>,
): Uint8Array<ArrayBuffer> {
  const { words, pairs } = vocabulary;
  const entries = Array.from({ length: words.size }, (_, id) => words.entry(id));
  const wordBytes = entries.reduce((sum, entry) => sum + entry.length, 0);
  const shape = { words: words.size, pairs: pairs.size, wordBytes };
  const meta: ModelMeta = { kind: 'sentiment', tokeniser: TOKENISER_VERSION, ...shape, ...origin };
  const body = new ByteWriter(bodyLength(shape));
  body.raw(Uint8Array.from(entries, (entry) => entry.length));
  for (const entry of entries) body.raw(entry);
  body.uints(pairs.values(), pairWidth(words.size));
  body.floats(weights);
  body.floats([bias]);
  return packFile(MAGIC, { header: meta, body: body.bytes });
}

/** @throws UnreadableFile when the bytes are damaged, foreign, or of another tokeniser */
export function unpackModel(bytes: Uint8Array): StoredModel {
  const { header, body } = unpackFile(MAGIC, bytes);
  if (!isModelMeta(header))
    throw new UnreadableFile('its header does not describe a sentiment model');
  if (header.tokeniser !== TOKENISER_VERSION)
    throw new UnreadableFile(
      `it was made for tokeniser ${header.tokeniser}, and this is ${TOKENISER_VERSION}`,
      'of another version',
    );
  if (bodyLength(header) !== body.length)
    throw new UnreadableFile('its counts do not fit its size');
  const reader = new ByteReader(body);
  const vocabulary = readVocabulary(reader, header);
  const weights = reader.floats(featureCount(vocabulary));
  return { meta: header, vocabulary, weights, bias: reader.floats(1)[0] ?? 0 };
}

type Shape = Pick<ModelMeta, 'words' | 'pairs' | 'wordBytes'>;

const pairWidth = (words: number): 2 | 4 => (words <= 0x10000 ? 2 : 4);

const bodyLength = ({ words, pairs, wordBytes }: Shape): number =>
  words + wordBytes + pairs * 2 * pairWidth(words) + (words + pairs + 1) * 4;

function readVocabulary(reader: ByteReader, { words, pairs, wordBytes }: Shape): Vocabulary {
  const vocabulary = { words: new ByteTable(), pairs: new PairTable(pairs) };
  const lengths = reader.raw(words);
  const text = reader.raw(wordBytes);
  let at = 0;
  for (const length of lengths) vocabulary.words.add(text, at, (at += length));
  const ids = reader.uints(pairs * 2, pairWidth(words));
  for (let i = 0; i < ids.length; i += 2) vocabulary.pairs.add(ids[i] ?? 0, ids[i + 1] ?? 0);
  if (vocabulary.words.size !== words || vocabulary.pairs.size !== pairs)
    throw new UnreadableFile('its vocabulary holds an entry twice');
  return vocabulary;
}

function isModelMeta(value: unknown): value is ModelMeta {
  if (typeof value !== 'object' || value === null) return false;
  const meta = value as Partial<Record<keyof ModelMeta, unknown>>;
  const counts = [meta.tokeniser, meta.words, meta.pairs, meta.wordBytes, meta.trainedRows];
  return (
    meta.kind === 'sentiment' &&
    counts.every((count) => Number.isSafeInteger(count) && Number(count) >= 0) &&
    typeof meta.seed === 'number' &&
    [meta.snapshot, meta.backend, meta.createdBy].every((text) => typeof text === 'string') &&
    isNumbers(meta.metrics)
  );
}
