import { createHash } from 'node:crypto';
import type { FeedMessage } from '#domain/engine-api.ts';
import type { NightshiftEvent } from '#domain/events.ts';
import { asContentHash, type StreamId } from '#domain/ids.ts';
import type { Line } from '#domain/lines.ts';
import type { Assets, Disk, Entropy, Feed, Hasher } from '#domain/ports.ts';
import { seededRandom } from '#sdk/seeded-random.ts';

export const sha256: Hasher = {
  hash: async (bytes) =>
    asContentHash(`sha256-${createHash('sha256').update(new Uint8Array(bytes)).digest('hex')}`),
};

/** The same tokens and numbers for the same seed. */
export function seededEntropy(seed: number): Entropy {
  const random = seededRandom('entropy', seed);
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const letter = () => letters[Math.floor(random() * letters.length)] ?? 'a';
  return { random, token: () => Array.from({ length: 12 }, letter).join('') };
}

/** Keeps what it was told, as whoever watches would have received it. */
export class RecordingFeed implements Feed {
  readonly messages: FeedMessage[] = [];

  publish(message: FeedMessage): void {
    this.messages.push(structuredClone(message));
  }

  of<K extends FeedMessage['kind']>(kind: K): Extract<FeedMessage, { kind: K }>[] {
    return this.messages.filter(
      (message): message is Extract<FeedMessage, { kind: K }> => message.kind === kind,
    );
  }

  events(streamId?: StreamId): readonly NightshiftEvent[] {
    const events = this.of('event').map(({ event }) => event);
    return streamId === undefined ? events : events.filter((one) => one.streamId === streamId);
  }

  get lines(): readonly Line[] {
    return this.of('lines').flatMap(({ lines }) => lines);
  }

  get stopped(): readonly string[] {
    return this.of('stopped').map(({ reason }) => reason);
  }
}

/** Two rows a day for three days. */
export const SMALL_CORPUS = [
  'id\tday\tdomain\tlabel\thard\ttext',
  ...[1, 2, 3].flatMap((day) => [
    `${day}a\t${day}\tbooks\t1\t0\tI loved every page of it.`,
    `${day}b\t${day}\tkitchen\t0\t0\tIt broke on day ${day}.`,
  ]),
].join('\n');

export const someDisk: Disk = {
  estimate: async () => ({ usedBytes: 12_300_000, quotaBytes: 1_000_000_000 }),
};

/** @throws Error for a path that is not among the files, as the site does */
export function someAssets(files: Readonly<Record<string, string>>): Assets {
  const text = async (path: string) => {
    const found = files[path];
    if (found === undefined) throw new Error(`${path} could not be read (404).`);
    return found;
  };
  return { text, bytes: async (path) => new TextEncoder().encode(await text(path)).buffer };
}
