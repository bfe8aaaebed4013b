import { DEFAULT_CACHE_RULE, type CacheKeyRule } from '#domain/cache-policy.ts';

/** What the key of a cached result is made of; parts are joined with `and`, inputs left out with `except`. */
export class CacheKeyParts {
  readonly rule: CacheKeyRule;
  constructor(rule: CacheKeyRule) {
    this.rule = rule;
  }

  /** A key of both: it differs when either differs. */
  and(other: CacheKeyParts): CacheKeyParts {
    const [mine, others] = [this.rule.inputs, other.rule.inputs];
    const inputs =
      mine && others
        ? { inputs: { except: mine.except.filter((name) => others.except.includes(name)) } }
        : {};
    return new CacheKeyParts({ ...this.rule, ...other.rule, ...inputs });
  }

  /** Without these inputs, by the names of the task function's parameters. */
  except(...names: readonly string[]): CacheKeyParts {
    const { inputs, ...rest } = this.rule;
    if (!inputs) throw new Error('except leaves inputs out of a key: write INPUTS.except("x").');
    return new CacheKeyParts({ ...rest, inputs: { except: [...inputs.except, ...names] } });
  }
}

/** All inputs of the task run. */
export const INPUTS = new CacheKeyParts({ inputs: { except: [] } });
/** The text of the task and of the files it imports. */
export const TASK_SOURCE = new CacheKeyParts({ taskSource: true });
/** The flow run: nothing is taken from another run. */
export const RUN_ID = new CacheKeyParts({ runId: true });
export const FLOW_PARAMETERS = new CacheKeyParts({ flowParameters: true });
/** No key: nothing is cached. */
export const NO_CACHE = new CacheKeyParts({});
/** Inputs, task source and run id: what applies when only `persistResult` is set. */
export const DEFAULT = new CacheKeyParts(DEFAULT_CACHE_RULE);
