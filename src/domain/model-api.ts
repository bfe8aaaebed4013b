import type { ModelEvent, NightshiftEvent } from './events.ts';
import type { ContentHash } from './ids.ts';
import type { ModelAlias } from './models.ts';
import type { AliasRecord, FlowSourceRecord } from './records.ts';

/** What the page asks of the model registry. Refusals are data, and change nothing. */
export interface ModelApi {
  /** Of all models that have a version, ascending. */
  modelNames(): Promise<readonly string[]>;
  modelAliases(model: string): Promise<readonly AliasRecord[]>;
  /** Every move of its aliases, and the versions that came or went by hand; oldest first. */
  modelHistory(model: string): Promise<readonly NightshiftEvent<ModelEvent>[]>;
  /** The container of a version; undefined when there is no such version. */
  modelFile(model: string, version: number): Promise<ArrayBuffer | undefined>;
  /** Source by hash, as lineage names it; undefined when it is not stored. */
  flowSource(hash: ContentHash): Promise<FlowSourceRecord | undefined>;
  /** Points an alias to a version that exists: a promotion, where the alias is the champion. */
  moveAlias(move: AliasMove): Promise<ModelChange>;
  /** Makes the version the champion that was it before the one of now was promoted. */
  rollBack(request: { readonly model: string; readonly reason: string }): Promise<ModelChange>;
  /** Only what no alias points to and no active run uses; the weights go when nothing else needs them. */
  deleteVersion(model: string, version: number): Promise<ModelChange>;
  /** Keeps a model file as the next version. */
  importModel(request: ModelImport): Promise<ModelChange>;
}

export interface AliasMove {
  readonly model: string;
  readonly alias: ModelAlias;
  /** Undefined takes the alias away; the champion's stays. */
  readonly version: number | undefined;
  /** Why, in the words of the person: kept in the history. */
  readonly reason: string;
}

export interface ModelImport {
  readonly model: string;
  readonly fileName: string;
  readonly file: ArrayBuffer;
  /** It may be the challenger at once; the champion it becomes by a promotion. */
  readonly alias?: 'challenger';
}

export type ModelChange =
  | {
      readonly ok: true;
      /** The one that was promoted, gone back to, deleted or imported. */
      readonly version: number;
    }
  /** What, why, what next. */
  | { readonly ok: false; readonly reason: string };

/** Longest reason of a person, in characters. */
export const MAX_REASON = 500;

/** A container of a whole language is smaller; what a task may keep is as large. */
export const MAX_MODEL_FILE_BYTES = 64 * 1024 * 1024;

const MEGABYTE = 1024 * 1024;

/** Why a file of so many bytes is not imported; undefined when it may be. Asked before it is read, and again after. */
export function modelFileTooLarge(fileName: string, bytes: number): string | undefined {
  if (bytes <= MAX_MODEL_FILE_BYTES) return undefined;
  return `${fileName} was not imported: it has ${Math.ceil(bytes / MEGABYTE)} MB, and a model may have ${MAX_MODEL_FILE_BYTES / MEGABYTE}. Choose a smaller model. Nothing was changed.`;
}
