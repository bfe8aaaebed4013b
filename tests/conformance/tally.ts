import { CASES, DELIBERATE, NOT_YET, PARTLY, type NotYet } from './ledger.ts';

/** One test as it ended. */
export interface Ending {
  /** `C05 delayed retries`: of the test, or of the outermost `describe` around it. */
  readonly name: string;
  readonly passed: boolean;
  readonly messages: readonly string[];
  /** Why it asserts something else than the case. */
  readonly deviation?: string;
}

export interface Ledger {
  readonly cases: readonly string[];
  readonly deliberate: Readonly<Record<string, string>>;
  readonly notYet: Readonly<Record<string, NotYet>>;
  readonly partly: Readonly<Record<string, string>>;
}

interface Verdict {
  readonly kind: 'exact' | 'deviation' | 'partly' | 'missing' | 'FAILED';
  readonly title: string;
  readonly messages?: readonly string[];
}

export interface Tally {
  /** One a case, failures with their messages below, and the count last. */
  readonly lines: readonly string[];
  readonly ok: boolean;
}

const OURS: Ledger = { cases: CASES, deliberate: DELIBERATE, notYet: NOT_YET, partly: PARTLY };

/** What the tests say about each case. Only what passes whole counts. */
export function tallyOf(endings: readonly Ending[], ledger: Ledger = OURS): Tally {
  const verdicts = ledger.cases.map((number) => verdictOn(number, endings, ledger));
  const strays = endings.filter(({ name }) => !ledger.cases.includes(numberOf(name))).map(stray);
  const count = (kind: Verdict['kind']) => verdicts.filter((one) => one.kind === kind).length;
  const [exact, deviations] = [count('exact'), count('deviation')];
  return {
    lines: [
      ...verdicts.flatMap((verdict, i) => linesOf(ledger.cases[i] ?? '', verdict)),
      ...strays.flatMap((verdict) => linesOf('-  ', verdict)),
      `conformance: ${exact + deviations}/${ledger.cases.length} (${exact} exact, ${deviations} deviations)`,
    ],
    ok: count('FAILED') + strays.length === 0,
  };
}

const numberOf = (name: string): string => name.slice(0, 3);

function verdictOn(number: string, endings: readonly Ending[], ledger: Ledger): Verdict {
  const own = endings.filter(({ name }) => numberOf(name) === number);
  const notYet = ledger.notYet[number];
  const title = own[0]?.name.slice(4) ?? notYet?.title ?? '';
  const wrong = [...own.filter(({ passed }) => !passed).flatMap(failureOf)];
  const misplaced = bookingError(number, own, ledger);
  if (misplaced !== undefined) wrong.push(misplaced);
  if (wrong.length > 0) return { kind: 'FAILED', title, messages: wrong };
  if (notYet) return { kind: 'missing', title: `${title}: needs ${notYet.needs}` };
  const partly = ledger.partly[number];
  if (partly !== undefined) return { kind: 'partly', title: `${title}: needs ${partly}` };
  const reason = own.find(({ deviation }) => deviation !== undefined)?.deviation;
  if (reason !== undefined) return { kind: 'deviation', title: `${title}: ${reason}` };
  return { kind: 'exact', title };
}

/** The ledger must say of each case what is true. */
function bookingError(number: string, own: readonly Ending[], ledger: Ledger): string | undefined {
  const listed = number in ledger.notYet;
  const partly = number in ledger.partly;
  if (listed && own.length > 0) return `${number} has a test: take it off NOT_YET.`;
  if (listed && partly) return `${number} stands in NOT_YET and in PARTLY.`;
  if (!listed && own.length === 0) return `${number} has no test and does not stand in NOT_YET.`;
  const deviating = own.some(({ deviation }) => deviation !== undefined);
  const deliberate = number in ledger.deliberate;
  if (deviating && !deliberate) return `${number} deviates and does not stand in DELIBERATE.`;
  if (own.length > 0 && deliberate && !deviating)
    return `${number} stands in DELIBERATE: its tests must declare the deviation.`;
  return undefined;
}

const failureOf = ({ name, messages }: Ending): readonly string[] =>
  messages.length > 0 ? messages : [`"${name}" was not run.`];

const stray = (ending: Ending): Verdict => ({
  kind: 'FAILED',
  title: `"${ending.name}" is no case`,
  messages: ending.messages,
});

const linesOf = (number: string, { kind, title, messages = [] }: Verdict): readonly string[] => [
  `${number} ${kind.padEnd(10)} ${title}`,
  ...messages.flatMap((message) => message.split('\n').map((line) => `      ${line}`)),
];
