/**
 * Between engine and page: the page only carries ports to the frame that spawns author workers, and never sees what goes
 * through them.
 */
export type WorkshopOrder =
  | {
      readonly kind: 'spawn';
      readonly id: number;
      readonly calls: MessagePort;
      readonly host: MessagePort;
    }
  | { readonly kind: 'end'; readonly id: number };

/** A worker did not start; only told before its first word. */
export interface WorkshopNotice {
  readonly kind: 'dead';
  readonly id: number;
}
