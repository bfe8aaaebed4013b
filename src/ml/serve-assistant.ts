import { ByteTable } from './byte-table.ts';
import { readFeatures } from './feature-reader.ts';
import { PairTable } from './pair-table.ts';
import { Shard, type FeatureRows, type ShardTerms } from './shard.ts';
import type { ShardAnswers, ShardQuestion, ShardReply } from './shard-orders.ts';

/** Makes this worker an assistant of the one at the other end of the port, until either ends. */
export function serveAssistant(port: MessagePort): void {
  let last: { readonly learned: number; readonly shard: Shard } | undefined;
  const answer = ({ id, order }: ShardQuestion): ShardAnswers[keyof ShardAnswers] => {
    switch (order.order) {
      case 'learn': {
        const shard = new Shard(order.texts.text.length);
        last = { learned: id, shard };
        shard.add(order.texts, 0, order.texts.count);
        return ownTerms(shard.terms());
      }
      case 'translate': {
        // Two trainings of one attempt may take turns here: only the last rows are kept.
        if (last?.learned !== order.learned) throw new Error('Other rows were learned since.');
        const rows = last.shard.translated(order.features);
        last = undefined;
        return ownRows(rows);
      }
      case 'read': {
        const { words, pairs } = order.vocabulary;
        const vocabulary = { words: ByteTable.of(words), pairs: PairTable.of(pairs) };
        return ownRows(readFeatures(order.texts, vocabulary));
      }
    }
  };
  port.onmessage = ({ data }: MessageEvent<ShardQuestion>) => {
    const { id } = data;
    try {
      const found = answer(data);
      port.postMessage({ id, answer: found } satisfies ShardReply, buffersOf(found));
    } catch {
      port.postMessage({ id } satisfies ShardReply);
    }
  };
}

/** Copies of the tables' views, so that sending takes nothing away that is needed again. */
const ownTerms = ({ words, pairs, rowsWithWord, rowsWithPair }: ShardTerms): ShardTerms => ({
  words: { bytes: words.bytes.slice(), ends: words.ends.slice() },
  pairs: pairs.slice(),
  rowsWithWord: rowsWithWord.slice(),
  rowsWithPair,
});

const ownRows = ({ offsets, indices }: FeatureRows): FeatureRows => ({
  offsets,
  indices: indices.slice(),
});

function buffersOf(answer: ShardAnswers[keyof ShardAnswers]): Transferable[] {
  const arrays =
    'words' in answer
      ? [
          answer.words.bytes,
          answer.words.ends,
          answer.pairs,
          answer.rowsWithWord,
          answer.rowsWithPair,
        ]
      : [answer.offsets, answer.indices];
  return arrays.map(({ buffer }) => buffer);
}
