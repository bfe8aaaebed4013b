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
export const NOT_YET: Readonly<Record<string, NotYet>> = {};

/** Cases of which some parts have tests and others lack something. They do not count. */
export const PARTLY: Readonly<Record<string, string>> = {};
