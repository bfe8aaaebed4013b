import type { Evaluation } from './evaluation.ts';

/** A cell of a table artifact; NaN and infinities are null. */
export type Cell = string | number | boolean | null;

/** What an artifact shows. */
export type ArtifactContent =
  | { readonly type: 'markdown'; readonly markdown: string }
  | {
      readonly type: 'table';
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Cell[])[];
    }
  /** 0 to 100. */
  | { readonly type: 'progress'; readonly progress: number }
  | { readonly type: 'link'; readonly url: string; readonly text?: string }
  /** Its bytes are kept as a value; `hash` names them. */
  | {
      readonly type: 'image';
      readonly hash: string;
      readonly mediaType: ImageType;
      readonly alt: string;
    }
  /** To be downloaded. Its bytes are kept as a value; `hash` names them. */
  | {
      readonly type: 'file';
      readonly hash: string;
      /** `scores.csv` */
      readonly name: string;
      readonly mediaType: string;
      /** In bytes. */
      readonly size: number;
    }
  | {
      readonly type: 'chart';
      readonly chart: 'line' | 'bar';
      readonly x: readonly (string | number)[];
      /** As many values as `x` has; null where there is none. */
      readonly series: readonly {
        readonly name: string;
        readonly values: readonly (number | null)[];
      }[];
      readonly xLabel?: string;
      readonly yLabel?: string;
    }
  /** Of a model on held-out rows. */
  | { readonly type: 'evaluation'; readonly evaluation: Evaluation };

export type ArtifactType = ArtifactContent['type'];

/** On its way to the engine: an image and a file have their bytes with them. */
export type NewArtifactContent =
  | Exclude<ArtifactContent, { type: 'image' | 'file' }>
  | (Omit<Extract<ArtifactContent, { type: 'image' }>, 'hash'> & { readonly bytes: ArrayBuffer })
  | (Omit<Extract<ArtifactContent, { type: 'file' }>, 'hash' | 'size'> & {
      readonly bytes: ArrayBuffer;
    });

/** No SVG: it may hold scripts and addresses. */
export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const;
export type ImageType = (typeof IMAGE_TYPES)[number];

export const MAX_IMAGE_BYTES = 4 * 1024 * 1024;
export const MAX_FILE_BYTES = 32 * 1024 * 1024;
/** A name without folders, hidden files or what a system keeps for itself: `scores.csv`. */
export const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,98}[A-Za-z0-9]$/;
/** `text/csv` */
export const MEDIA_TYPE = /^[a-z]+\/[a-z0-9][a-z0-9.+-]{0,79}$/;
/** Of the texts and numbers of one artifact together, see `artifactLength`. */
export const MAX_ARTIFACT_LENGTH = 1024 * 1024;
export const MAX_TABLE_ROWS = 10_000;
export const MAX_TABLE_COLUMNS = 100;
export const MAX_CHART_POINTS = 10_000;
export const MAX_CHART_SERIES = 8;
export const MAX_ARTIFACTS_OF_RUN = 1000;

/** `accuracy-by-day` */
export const ARTIFACT_KEY = /^[a-z0-9-]{1,100}$/;

/** http or https, and no name or password in front of the host: they make an address look like another. */
export const isWebAddress = (url: string): boolean =>
  url.length <= 2000 && /^https?:\/\/[^\s/?#@\\]+(?:[/?#]\S*)?$/i.test(url);

/** Characters of its texts; a number, a truth value or nothing counts 8. */
export function artifactLength(content: NewArtifactContent | ArtifactContent): number {
  switch (content.type) {
    case 'markdown':
      return content.markdown.length;
    case 'table':
      return lengthOf(content.columns) + content.rows.reduce((sum, row) => sum + lengthOf(row), 0);
    case 'chart':
      return content.series.reduce(
        (sum, { name, values }) => sum + name.length + lengthOf(values),
        lengthOf(content.x),
      );
    case 'evaluation':
      return JSON.stringify(content.evaluation).length;
    default:
      return 0;
  }
}

const lengthOf = (cells: readonly Cell[]): number =>
  cells.reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? cell.length : 8), 0);

const BEGINNINGS: Readonly<Record<ImageType, RegExp>> = {
  'image/png': /^\x89PNG\r\n/,
  'image/jpeg': /^\xff\xd8\xff/,
  'image/webp': /^RIFF[\s\S]{4}WEBP/,
  'image/gif': /^GIF8[79]a/,
};

/** What the bytes begin as, whatever is said of them; undefined when it is none of the images that are kept. */
export function imageTypeOf(bytes: Uint8Array): ImageType | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  return IMAGE_TYPES.find((type) => BEGINNINGS[type].test(start));
}
