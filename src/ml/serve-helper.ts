import { ByteTable } from './byte-table.ts';
import { readFeatures } from './feature-reader.ts';
import { PairTable } from './pair-table.ts';
import { Shard, type FeatureRows, type ShardTerms } from './shard.ts';
import type { ShardAnswers, ShardOrder, ShardQuestion, ShardReply } from './shard-orders.ts';

/** Makes this worker a helper of the one at the other end of the port, until either ends. */
export function serveHelper(port: MessagePort): void {
  let shard: Shard | undefined;
  const answer = (order: ShardOrder): ShardAnswers[keyof ShardAnswers] => {
    switch (order.order) {
      case 'learn':
        shard = new Shard(order.textBytes);
        shard.add(order.texts, 0, order.texts.count);
        return ownTerms(shard.terms());
      case 'translate': {
        if (!shard) throw new Error('Nothing was learned yet.');
        const rows = shard.translated(order.features);
        shard = undefined;
        return ownRows(rows);
      }
      case 'read': {
        const { words, pairs } = order.vocabulary;
        const vocabulary = { words: ByteTable.of(words), pairs: PairTable.of(pairs) };
        return ownRows(readFeatures(order.texts, vocabulary));
      }
    }
  };
  port.onmessage = ({ data: { id, order } }: MessageEvent<ShardQuestion>) => {
    try {
      const found = answer(order);
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
