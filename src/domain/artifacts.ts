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
      readonly mediaType: string;
      readonly alt: string;
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
    };
