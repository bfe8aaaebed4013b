import { ARTIFACT_KEY, type NewArtifactContent } from '#domain/artifacts.ts';
import { showValue } from '#domain/show-value.ts';
import {
  chartOf,
  fileOf,
  imageOf,
  linkOf,
  markdownOf,
  refuseLong,
  type ChartInput,
  type FileInput,
  type ImageOptions,
} from './artifact-content.ts';
import { tableOf, type TableInput } from './artifact-table.ts';
import type { AuthorOutbox } from './author-outbox.ts';
import { outboxHere, warn } from './outbox-here.ts';

export interface ArtifactOptions {
  /** A name by which people find it again: lowercase letters, digits and dashes, at most 100. */
  readonly key?: string;
  readonly description?: string;
}

/** A progress that can be moved on, in place. */
export interface ProgressArtifact {
  /** @param value 0 to 100 */
  update(value: number): Promise<void>;
}

/**
 * Makes something for people to look at, on the page of the run. From tasks and from flow bodies; each attempt makes
 * its own. In a task it is kept when its promise resolves; a flow body goes on at once, and it is kept before its end.
 * Outside a run they warn and make nothing.
 */
export const artifact = {
  /** Markdown; HTML in it is shown as text. @throws TypeError | RangeError when it is no text or too long */
  markdown(markdown: string, options: ArtifactOptions = {}): Promise<void> {
    return keep(markdownOf(markdown), options);
  },

  /**
   * `artifact.table([{ word: 'fine', weight: 1.2 }])`, `[['fine', 1.2]]` or `{ word: ['fine'], weight: [1.2] }`.
   * NaN and infinities become null. `columns`: names for rows that are lists.
   */
  table(
    table: TableInput,
    { columns, ...options }: ArtifactOptions & { readonly columns?: readonly string[] } = {},
  ): Promise<void> {
    return keep(tableOf(table, columns), options);
  },

  /** A bar from 0 to 100; what lies outside is set to the nearer end, with a warning. */
  progress(value: number, options: ArtifactOptions = {}): Promise<ProgressArtifact> {
    const progress = clamped(value);
    const made = send({ type: 'progress', progress }, options);
    return made.kept.then(() => new Progress(made.outbox, made.ordinal, progress));
  },

  /** http and https only. @throws TypeError when it is another address */
  link(url: string, { text, ...options }: ArtifactOptions & { readonly text?: string } = {}) {
    return keep(linkOf(url, text), options);
  },

  /** The bytes of a PNG, JPEG, WebP or GIF of at most 4 MB. @throws TypeError | RangeError when they are not */
  image(image: Uint8Array | ArrayBuffer, options: ArtifactOptions & ImageOptions): Promise<void> {
    return keep(imageOf(image, options), options);
  },

  /**
   * A file to be downloaded, of at most 32 MB: `artifact.file({ name: 'scores.csv', mediaType: 'text/csv', content })`.
   * @throws TypeError | RangeError naming what is wrong with it
   */
  file(
    { description, ...file }: FileInput & { readonly description?: string },
    options: ArtifactOptions = {},
  ): Promise<void> {
    return keep(fileOf(file), description === undefined ? options : { ...options, description });
  },

  /** `artifact.chart({ kind: 'line', x: [1, 2, 3], series: { loss: [0.9, 0.5, 0.3] }, xLabel: 'epoch' })` */
  chart(chart: ChartInput, options: ArtifactOptions = {}): Promise<void> {
    return keep(chartOf(chart), options);
  },
};

class Progress implements ProgressArtifact {
  readonly #outbox: AuthorOutbox | undefined;
  readonly #of: number;
  #tenths: number;

  constructor(outbox: AuthorOutbox | undefined, of: number, progress: number) {
    this.#outbox = outbox;
    this.#of = of;
    this.#tenths = Math.floor(progress * 10);
  }

  /** A tenth of a per cent is the least that is seen, so nothing less is told. */
  update(value: number): Promise<void> {
    const progress = clamped(value);
    const tenths = Math.floor(progress * 10);
    if (tenths === this.#tenths || !this.#outbox) return Promise.resolve();
    this.#tenths = tenths;
    return this.#outbox.send({ method: 'updateArtifact', of: this.#of, progress }).kept;
  }
}

const keep = (content: NewArtifactContent, options: ArtifactOptions): Promise<void> =>
  send(content, options).kept;

/** What is wrong with it is thrown at once, whether it is waited for or not. */
function send(content: NewArtifactContent, options: ArtifactOptions) {
  refuseLong(content);
  const { key, description } = checkOptions(options);
  const outbox = outboxHere(`artifact.${content.type}`);
  if (!outbox) return { outbox, ordinal: 0, kept: Promise.resolve() };
  const transfer = 'bytes' in content ? [content.bytes] : [];
  return { outbox, ...outbox.send({ method: 'artifact', content, key, description }, transfer) };
}

function checkOptions({ key, description }: ArtifactOptions): ArtifactOptions {
  if (key !== undefined && !(typeof key === 'string' && ARTIFACT_KEY.test(key)))
    throw new TypeError(
      `The key of an artifact is made of lowercase letters, digits and dashes, at most 100, like 'accuracy-by-day', not ${showValue(key)}.`,
    );
  if (description !== undefined && !(typeof description === 'string' && description.length <= 2000))
    throw new TypeError(
      `The description of an artifact is text of at most 2000 characters, not ${showValue(description)}.`,
    );
  return { ...(key ? { key } : {}), ...(description ? { description } : {}) };
}

/** @throws TypeError when it is no number */
function clamped(value: number): number {
  if (typeof value !== 'number' || Number.isNaN(value))
    throw new TypeError(`A progress is a number from 0 to 100, not ${showValue(value)}.`);
  const progress = Math.min(100, Math.max(0, value));
  if (progress !== value)
    warn(`Progress ${value} lies outside 0 to 100 and is set to ${progress}.`);
  return progress;
}
