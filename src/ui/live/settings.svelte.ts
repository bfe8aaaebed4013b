import type { TextStore } from './browser-storage.ts';

export type Theme = 'system' | 'dark' | 'light';
const THEMES: readonly Theme[] = ['system', 'dark', 'light'];

/** Preferences of this person on this browser. */
export class Settings {
  theme = $state<Theme>('system');
  /** The first fault was switched off once: new tabs begin without it. */
  firstFaultDone = $state(false);
  /** Runs were seen here before: no recorded one is needed while the engine loads. */
  hasRuns = $state(false);
  readonly #store: TextStore;

  constructor(store: TextStore) {
    this.#store = store;
    this.theme = THEMES.find((theme) => theme === store.get('theme')) ?? 'system';
    this.firstFaultDone = store.get('first-fault') === 'done';
    this.hasRuns = store.get('runs') === 'some';
  }

  /** system, dark, light, system */
  nextTheme(): void {
    const next = THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length] ?? 'system';
    this.theme = next;
    this.#store.set('theme', next === 'system' ? undefined : next);
  }

  finishFirstFault(): void {
    this.firstFaultDone = true;
    this.#store.set('first-fault', 'done');
  }

  setHasRuns(hasRuns: boolean): void {
    this.hasRuns = hasRuns;
    this.#store.set('runs', hasRuns ? 'some' : undefined);
  }
}
