import { LENGTHS, type DaySummary } from '#domain/datasets.ts';
import { UNLABELLED, type RowBatch } from '#domain/rows.ts';

const MOST_DOMAINS = 50;

/** Counts what a day holds while its rows pass by. */
export class DayCount {
  #rows = 0;
  #textBytes = 0;
  readonly #labels = { negative: 0, positive: 0, unlabelled: 0 };
  readonly #domains = new Map<string, number>();
  #otherDomains = 0;
  readonly #lengths = new Array<number>(LENGTHS.length + 1).fill(0);

  get rows(): number {
    return this.#rows;
  }

  add({ text, ends, labels, domains }: RowBatch, row: number): void {
    const [from, to] = [ends[row - 1] ?? 0, ends[row] ?? 0];
    this.#rows++;
    this.#textBytes += to - from;
    this.#labels[labelName(labels[row] ?? UNLABELLED)]++;
    this.#addDomain(domains[row] ?? '');
    const words = countWords(text, from, to);
    const entry = LENGTHS.findIndex((most) => words <= most);
    const at = entry < 0 ? LENGTHS.length : entry;
    this.#lengths[at] = (this.#lengths[at] ?? 0) + 1;
  }

  summary(): DaySummary {
    return {
      rows: this.#rows,
      ...this.#labels,
      textBytes: this.#textBytes,
      domains: Object.fromEntries(this.#domains),
      otherDomains: this.#otherDomains,
      lengths: [...this.#lengths],
    };
  }

  #addDomain(domain: string): void {
    const known = this.#domains.get(domain);
    if (known === undefined && this.#domains.size >= MOST_DOMAINS) this.#otherDomains++;
    else this.#domains.set(domain, (known ?? 0) + 1);
  }
}

export function summaryOf(rows: RowBatch): DaySummary {
  const count = new DayCount();
  for (let row = 0; row < rows.count; row++) count.add(rows, row);
  return count.summary();
}

const labelName = (label: number) =>
  label === 1 ? 'positive' : label === 0 ? 'negative' : 'unlabelled';

const isSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);

/** By spaces between them, in UTF-8. */
function countWords(text: Uint8Array, from: number, to: number): number {
  let words = 0;
  let inWord = false;
  for (let i = from; i < to; i++) {
    const space = isSpace(text[i] ?? 0);
    if (!space && !inWord) words++;
    inWord = !space;
  }
  return words;
}
