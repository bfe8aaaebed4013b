import { learned, type LearnedFeatures } from './learn-features.ts';
import type { Assistant, AssistantAnswer } from './assistant.ts';
import { mergeShards } from './merge-shards.ts';
import {
  Shard,
  type FeatureRows,
  type ShardTerms,
  type TermFeatures,
  type Texts,
} from './shard.ts';

/** An assistant that is as slow as that, and by this much, has died or sleeps. */
const PATIENCE_FACTOR = 2;
export const LEAST_PATIENCE_MS = 1000;
/** Bytes of text between two chances for messages to arrive. */
const BREATH = 8 * 1024 * 1024;

/**
 * As `learnFeatures`, with assistants that each take a part of the rows. The same result to the last bit, whoever did
 * which part.
 * @throws TooManyFeatures
 */
export async function learnInShards(
  texts: Texts,
  minCount: number,
  assistants: readonly Assistant[],
): Promise<LearnedFeatures> {
  const [mine, ...others] = cutTexts(texts, assistants.length + 1);
  const theirs = others.map((part, i) => new SentPart(assistants[i], part));
  const startedAt = performance.now();
  // It takes up what the others found.
  const own = new Shard(texts.text.length);
  await addSlowly(own, mine ?? texts);
  const patienceMs = LEAST_PATIENCE_MS + PATIENCE_FACTOR * (performance.now() - startedAt);
  const terms = await Promise.all(theirs.map((part) => part.terms(patienceMs)));
  const merged = mergeShards(own, terms, minCount);
  const sent = theirs.map((part, i) => part.translated(merged.others[i], patienceMs));
  return learned(merged, [own.translated(merged.own), ...(await Promise.all(sent))]);
}

/** So that whoever stops this worker, or asks whether it lives, is heard now and then. */
async function addSlowly(shard: Shard, texts: Texts): Promise<void> {
  for (let from = 0; from < texts.count;) {
    const start = texts.ends[from - 1] ?? 0;
    let to = from + 1;
    while (to < texts.count && texts.ends[to]! - start < BREATH) to++;
    shard.add(texts, from, to);
    from = to;
    if (from < texts.count) await new Promise((resolve) => setTimeout(resolve));
  }
}

/** A part of the rows that an assistant learns from; done here when it does not. */
class SentPart {
  readonly #assistant: Assistant | undefined;
  readonly #texts: Texts;
  readonly #asked: AssistantAnswer<'learn'> | undefined;
  #here: Shard | undefined;

  constructor(assistant: Assistant | undefined, texts: Texts) {
    this.#assistant = assistant;
    this.#texts = texts;
    const copy = { ...texts, text: texts.text.slice(), ends: texts.ends.slice() };
    this.#asked = assistant?.ask({ order: 'learn', texts: copy }, [
      copy.text.buffer,
      copy.ends.buffer,
    ]);
  }

  async terms(patienceMs: number): Promise<ShardTerms> {
    return (await this.#asked?.within(patienceMs)) ?? this.#alone().terms();
  }

  async translated(features: TermFeatures | undefined, patienceMs: number): Promise<FeatureRows> {
    if (!features) throw new Error('A part was not merged.');
    const learned = this.#here ? undefined : this.#asked?.id;
    const answer =
      learned === undefined
        ? undefined
        : this.#assistant?.ask({ order: 'translate', learned, features }, []);
    return (await answer?.within(patienceMs)) ?? this.#alone().translated(features);
  }

  #alone(): Shard {
    if (this.#here) return this.#here;
    this.#here = new Shard(this.#texts.text.length);
    this.#here.add(this.#texts, 0, this.#texts.count);
    return this.#here;
  }
}

/** Consecutive rows, about the same number of bytes each; views of the same text. */
export function cutTexts({ count, text, ends }: Texts, parts: number): readonly Texts[] {
  const cuts = [0];
  for (let part = 1; part < parts; part++) {
    const bytes = (text.length * part) / parts;
    let row = cuts.at(-1) ?? 0;
    while (row < count && ends[row]! <= bytes) row++;
    cuts.push(row);
  }
  return cuts.map((from, part) => {
    const to = cuts[part + 1] ?? count;
    const start = ends[from - 1] ?? 0;
    return {
      count: to - from,
      text: text.subarray(start, ends[to - 1] ?? 0),
      ends: ends.subarray(from, to).map((end) => end - start),
    };
  });
}
