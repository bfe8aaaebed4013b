/** `C01` to `C52`: the cases of Prefect 3 that Nightshift is measured by. */
export const CASES: readonly string[] = Array.from(
  { length: 52 },
  (_, i) => `C${String(i + 1).padStart(2, '0')}`,
);

/** Where Nightshift differs on purpose, and why. No other case may deviate. */
export const DELIBERATE = {
  C12: 'jitter is applied; the client of Prefect 3 records the factor and never uses it',
  C14: 'a timeout terminates the worker',
  C15: 'a lost attempt is started again without using a retry, at most 3 times',
  C16: 'the state tells the name of the upstream task run, not its id',
  C40: 'task runs are named in call order, so that a replay names them alike',
  C42: 'a completed task runs again as a new task run; no terminal record is reopened',
  C52: 'the flow run is created at its tick, with the verdict',
} as const;
export type Deliberate = typeof DELIBERATE;

export interface NotYet {
  readonly title: string;
  /** What must exist before the case can be written. */
  readonly needs: string;
}

/** Cases without a test. Whoever adds what one needs writes it and takes it off this list. */
export const NOT_YET: Readonly<Record<string, NotYet>> = {
  C33: { title: 'flow retry keeps persisted successes', needs: 'retries of a flow, persistResult' },
  C34: { title: 'subflow retries', needs: 'subflows, retries of a flow' },
  C35: { title: 'caching needs persistence', needs: 'persistResult, cacheKeyFn' },
  C36: { title: 'cache edges', needs: 'cache policies, refreshCache, cacheExpiration' },
  C37: { title: 'transactions', needs: 'transactions with rollback' },
  C38: { title: 'hooks', needs: 'onRunning, onCompletion, onFailure' },
  C46: { title: 'pause and resume', needs: 'pause, resume' },
  C47: { title: 'deployment concurrency', needs: 'concurrency limits of deployments' },
  C48: { title: 'tag concurrency', needs: 'concurrency limits of tags' },
  C50: { title: 'interval across daylight saving', needs: 'interval schedules' },
};

/** Cases of which some parts have tests and others lack something. They do not count. */
export const PARTLY: Readonly<Record<string, string>> = {
  C15: 'an interrupt that author code throws',
  C31: 'a run that ends Failed for its parameters, validateParameters, subflows',
  C39: 'subflows, which inherit as tasks do',
  C40: 'taskRunName, flowRunName',
  C44: 'Late: a tick that runs after its time',
  C45: 'flow runs that are Scheduled ahead or Suspended',
  C52: 'a list of upcoming ticks: at least 3 and 1 h, at most 100 and 100 days ahead',
};
