/** Something broken on purpose. Real: the attempt truly throws, hangs, or loses its worker. */
export interface Fault {
  readonly task: string;
  /** Attempts it strikes, counted from 1. */
  readonly attempts: readonly number[];
  readonly effect: FaultEffect;
}

export type FaultEffect =
  | { readonly kind: 'throw' }
  /** Never settles from `at` of the reported progress (0: from the start). */
  | { readonly kind: 'hang'; readonly at: number }
  /** Its worker is terminated when the reported progress reaches `at`. */
  | { readonly kind: 'crash'; readonly at: number }
  /** Half of the training labels that this attempt loads are flipped. */
  | { readonly kind: 'flip-labels' };

export class BadFault extends Error {
  override readonly name = 'BadFault';
}

const SHAPE = 'task:attempts[:throw|hang[@f]|crash[@f]|flip-labels], attempts as 1-2 or 1,3';

/**
 * Reads the short form, e.g. `extract:1-2` or `train:1:crash@0.4`.
 * @throws BadFault saying which part is wrong
 */
export function parseFault(text: string): Fault {
  const [task, attempts, effect = 'throw', ...rest] = text.split(':');
  if (!task || !attempts || rest.length > 0)
    throw new BadFault(`"${text}" is not a fault: expected ${SHAPE}.`);
  return { task, attempts: parseAttempts(attempts, text), effect: parseEffect(effect, text) };
}

export function describeFault(fault: Fault): string {
  const [first = 1, ...others] = fault.attempts;
  const attempts =
    others.length === 0 ? `attempt ${first}` : `attempts ${fault.attempts.join(', ')}`;
  return `${fault.task}: ${describeEffect(fault.effect)} (${attempts})`;
}

/** The short form again; `parseFault(formatFault(f))` equals `f`. */
export function formatFault(fault: Fault): string {
  const { effect } = fault;
  const at = 'at' in effect && effect.at > 0 ? `@${effect.at}` : '';
  return `${fault.task}:${fault.attempts.join(',')}:${effect.kind}${at}`;
}

export const faultFor = (
  faults: readonly Fault[],
  task: string,
  attempt: number,
): Fault | undefined =>
  faults.find((fault) => fault.task === task && fault.attempts.includes(attempt));

function describeEffect(effect: FaultEffect): string {
  switch (effect.kind) {
    case 'throw':
      return 'fails';
    case 'hang':
      return effect.at > 0 ? `hangs at ${percent(effect.at)}` : 'hangs';
    case 'crash':
      return effect.at > 0 ? `loses its worker at ${percent(effect.at)}` : 'loses its worker';
    case 'flip-labels':
      return 'half of the training labels are flipped';
  }
}

const percent = (fraction: number): string => `${Math.round(fraction * 100)} %`;

function parseAttempts(text: string, whole: string): readonly number[] {
  const numbers = text.split(',').flatMap((part) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    if (!match || from < 1 || to < from || to > 50)
      throw new BadFault(`"${whole}": attempts "${part}" must be like 1, 1-2 or 1,3 (1 to 50).`);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function parseEffect(text: string, whole: string): FaultEffect {
  const [kind, fraction, ...rest] = text.split('@');
  const at = fraction === undefined ? 0 : Number(fraction);
  if (rest.length > 0 || fraction === '' || !(at >= 0 && at < 1))
    throw new BadFault(`"${whole}": the fraction after @ must be at least 0 and below 1.`);
  if (kind === 'hang' || kind === 'crash') return { kind, at };
  if ((kind === 'throw' || kind === 'flip-labels') && fraction === undefined) return { kind };
  throw new BadFault(`"${whole}": unknown effect "${text}": expected ${SHAPE}.`);
}
