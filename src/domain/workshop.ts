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
  | { readonly kind: 'end'; readonly id: number }
  /** A worker is silent: is the frame still there? One that is not is replaced. */
  | { readonly kind: 'look' };

/** A worker is gone without having been ended: it did not start, or the browser ended the frame and all workers with it. */
export interface WorkshopNotice {
  readonly kind: 'dead';
  readonly id: number;
  readonly cause: 'worker did not start' | 'worker process ended, most likely out of memory';
}

/** What the frame says to the page, and what the page asks it besides orders. */
export type FrameWord =
  | { readonly kind: 'ready' }
  | { readonly kind: 'here' }
  | { readonly kind: 'dead'; readonly id: number };
export interface FrameQuestion {
  readonly kind: 'are you there';
}
