/** What is typed, as it was typed: bad input must be shown to be put right. */
export interface RunSettingsValues {
  readonly threshold: string;
  readonly seed: string;
  readonly extractRetries: string;
  readonly extractDelay: string;
}
