import type { ArtifactType } from './artifacts.ts';
import type { AuthorEvent, AuthorMark } from './events.ts';

/** An artifact as its run's events tell it; what it shows is in the store. */
export interface ArtifactView extends Omit<AuthorMark, 'ordinal'> {
  /** Counted from 1 within the run. */
  readonly number: number;
  readonly type: ArtifactType;
  readonly key?: string;
  readonly description?: string;
  /** 0 to 100, of a progress. */
  readonly progress?: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

type Saved = Extract<AuthorEvent, { kind: 'artifact.saved' }>;

export function foldArtifact(
  artifacts: readonly ArtifactView[],
  saved: Saved,
  at: number,
): readonly ArtifactView[] {
  if (!saved.updated) return [...artifacts, made(saved, at)];
  return artifacts.map((one) =>
    one.number === saved.number ? { ...made(saved, at), createdAt: one.createdAt } : one,
  );
}

function made({ kind: _, ordinal: _ordinal, updated: _updated, ...told }: Saved, at: number) {
  return { ...told, createdAt: at, updatedAt: at };
}
