const LONGEST_MS = 500;

/**
 * How long a picture of a run stands at least: what is drawn grows with its task runs, and must not fill the page's time.
 * 20 are shown in the next frame, 10,000 twice a second.
 */
export const strideMs = (taskRuns: number): number => Math.min(LONGEST_MS, taskRuns / 20);

/** The clock of a run moves in strides too, where they are longer than the page's own ticks. */
export function inStrides(now: number, taskRuns: number): number {
  const stride = strideMs(taskRuns);
  return stride < 100 ? now : Math.floor(now / stride) * stride;
}
