import type { UpstreamOutcome } from '#domain/author-api.ts';

/** An outcome that a task run waits for. */
export interface Upstream extends UpstreamOutcome {
  readonly taskRun: string;
  /** It did not complete, and its failure was not allowed. */
  readonly blocks: boolean;
}

/** What the author's side is told of them. */
export const upstreamOutcomes = (upstream: readonly Upstream[]): readonly UpstreamOutcome[] =>
  upstream.map(({ call, value, failure }) => ({
    call,
    ...(value ? { value } : {}),
    ...(failure ? { failure } : {}),
  }));
