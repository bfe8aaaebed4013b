import type { Scenario } from '#domain/scenario.ts';
import { sharedAddress } from './route.ts';

const SHOWN_MS = 6000;

/** Copies a link and says so. */
export class Share {
  message = $state<string>();
  /** The link itself, when the clipboard refused it: to be copied by hand. */
  link = $state<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `edited`: the source differs, and format 1 has no place for it. */
  async copy(scenario: Scenario, edited: boolean): Promise<void> {
    const { packScenario } = await import('./share-link.ts');
    const address = sharedAddress(location.href, await packScenario(scenario));
    const left = edited ? ' It holds the settings, not your edited source.' : '';
    await this.copyAddress(address, left);
  }

  /** `more` is said after what happened. */
  async copyAddress(address: string, more: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(address);
      this.#say(`Link copied.${more}`);
    } catch {
      this.link = address;
      this.#say(`The browser refused the clipboard: copy the link by hand.${more}`);
    }
  }

  dismiss(): void {
    this.link = undefined;
    this.message = undefined;
  }

  #say(message: string): void {
    this.message = message;
    clearTimeout(this.#timer);
    if (this.link) return;
    this.#timer = setTimeout(() => this.dismiss(), SHOWN_MS);
  }
}
