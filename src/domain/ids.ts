type Brand<B extends string> = string & { readonly __brand: B };

/** `fr_` and random letters. */
export type FlowRunId = Brand<'FlowRunId'>;
/** `<flow run id>/<flow attempt>/<task name>-<index>`: stable under replay, unique for ever. */
export type TaskRunId = Brand<'TaskRunId'>;
/** `dep_` and a readable name. */
export type DeploymentId = Brand<'DeploymentId'>;
/** `sha256-` and 64 hex digits of the bytes it names. */
export type ContentHash = Brand<'ContentHash'>;
/** `cache:` and the key of a cache entry as JSON: its flow and its key. */
export type CacheEntryId = `cache:${string}`;

export const asFlowRunId = (text: string): FlowRunId => text as FlowRunId;
export const asTaskRunId = (text: string): TaskRunId => text as TaskRunId;
export const asDeploymentId = (text: string): DeploymentId => text as DeploymentId;
export const asContentHash = (text: string): ContentHash => text as ContentHash;

export const cacheEntryId = (flowId: string, key: string): CacheEntryId =>
  `cache:${JSON.stringify([flowId, key])}`;

export const isCacheEntryId = (id: string): id is CacheEntryId => id.startsWith('cache:');

/** Its flow and its key. @throws SyntaxError for what `cacheEntryId` did not make */
export const cacheEntryKey = (id: CacheEntryId): readonly [string, string] =>
  JSON.parse(id.slice('cache:'.length)) as [string, string];

/** A version of a model as a user of content. */
export const versionUser = (model: string, version: number): `model:${string}` =>
  `model:${model}/${version}`;

export interface TaskRunKey {
  readonly flowRunId: FlowRunId;
  /** Counted from 1; a flow retry is a new flow attempt with new task runs. */
  readonly flowAttempt: number;
  readonly taskName: string;
  /** Counted from 0 in call order within the flow attempt. */
  readonly index: number;
}

export function taskRunId(key: TaskRunKey): TaskRunId {
  return asTaskRunId(`${key.flowRunId}/${key.flowAttempt}/${key.taskName}-${key.index}`);
}

export type StreamId = `run:${string}` | `deployment:${string}` | `model:${string}` | 'system';

export const runStream = (id: FlowRunId): StreamId => `run:${id}`;
export const modelStream = (name: string): StreamId => `model:${name}`;
export const deploymentStream = (id: DeploymentId): StreamId => `deployment:${id}`;
