import { parseArgs } from 'node:util';
import { orRefuse, Refusal } from '#scripts/refusal.mjs';
import type { Role } from './crash-points.ts';
import { openCrashSite } from './crash-site.ts';
import { sessionWith, type CrashedSession, type InProcessWay } from './in-process.ts';
import { judge, type Session } from './judgement.ts';
import type { RealWay } from './page/page.ts';
import { CrashBrowser, type RealSession } from './real-browser.ts';

const WAYS = ['throw', 'author worker', 'engine worker', 'page reload', 'SIGKILL'] as const;
type Way = (typeof WAYS)[number];

/** What became of one session. */
interface Cell {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly reached: boolean;
}

interface Row {
  readonly point: string;
  readonly cells: Readonly<Record<Way, Cell>>;
}

/** Which author workers are ended: that of the flow body, those of tasks, or all. */
const ROLES: readonly (readonly Role[])[] = [['flow'], ['task'], ['flow', 'task']];

/**
 * Every crash point against every way. What can be done in one process is done in this one; an engine worker, a page and
 * a browser are real ones, over the browser's own database.
 */
export const main = (): Promise<void> =>
  orRefuse(async () => {
    const points = await pointsAsked();
    const site = await openCrashSite();
    const browsers = { worker: new CrashBrowser(site.url), kill: new CrashBrowser(site.url) };
    try {
      const rows = await crashAtEach(points, browsers);
      finish(rows);
    } finally {
      await Promise.all([browsers.worker.close(), browsers.kill.close(), site.close()]);
    }
  });

const USAGE = `Usage: npm run crash [-- --only <text>]: only the points whose names hold the text.`;

async function pointsAsked(): Promise<readonly string[]> {
  const only = readOnly();
  const { points } = await undisturbedInProcess();
  const asked = points.filter((point) => point.includes(only));
  if (asked.length === 0) throw new Refusal(`No point's name holds "${only}".\n${USAGE}`);
  return asked;
}

function readOnly(): string {
  try {
    const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
    return values.only;
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

async function undisturbedInProcess(): Promise<CrashedSession> {
  const session = await sessionWith();
  if (session.stuck === undefined) return session;
  throw new Refusal(`The session without a crash did not come to its end: ${session.stuck}`);
}

async function undisturbedIn(browser: CrashBrowser): Promise<RealSession> {
  const session = await browser.session();
  if (session.stuck === undefined) return session;
  throw new Refusal(`The session without a crash did not come to its end: ${session.stuck}`);
}

interface Browsers {
  readonly worker: CrashBrowser;
  readonly kill: CrashBrowser;
}

async function crashAtEach(points: readonly string[], browsers: Browsers): Promise<readonly Row[]> {
  const width = Math.max(...points.map((point) => point.length));
  const inProcess = await undisturbedInProcess();
  const real = await undisturbedIn(browsers.worker);
  console.log(
    'throw and author worker: in this process, all of the SDK included; the rest: Chromium',
  );
  console.log(`${' '.repeat(width)}  ${WAYS.join('  ')}`);
  const rows: Row[] = [];
  for (const point of points) {
    const cells = await cellsOf(point, browsers, { inProcess, real });
    rows.push({ point, cells });
    console.log(`${point.padEnd(width)}  ${WAYS.map((way) => shown(way, cells[way])).join('  ')}`);
    for (const way of WAYS)
      for (const what of [...cells[way].lost, ...cells[way].doubled])
        console.log(`    ${way}: ${what}`);
  }
  return rows;
}

async function cellsOf(
  point: string,
  browsers: Browsers,
  undisturbed: { readonly inProcess: Session; readonly real: Session },
): Promise<Row['cells']> {
  const here = async (way: InProcessWay) =>
    cellOf(await sessionWith({ point, way }), undisturbed.inProcess);
  const there = async (browser: CrashBrowser, way: RealWay) =>
    cellOf(await browser.session({ point, way }), undisturbed.real);
  const killed = there(browsers.kill, 'SIGKILL');
  const throws = await here({ kind: 'throw' });
  const ends = [];
  for (const roles of ROLES) ends.push(await here({ kind: 'author workers end', roles }));
  return {
    throw: throws,
    'author worker': {
      lost: ends.flatMap(({ lost }) => lost),
      doubled: ends.flatMap(({ doubled }) => doubled),
      reached: ends.every(({ reached }) => reached),
    },
    'engine worker': await there(browsers.worker, 'engine worker'),
    'page reload': await there(browsers.worker, 'page reload'),
    SIGKILL: await killed,
  };
}

function cellOf(session: CrashedSession | RealSession, undisturbed: Session): Cell {
  const { lost, doubled } = judge(session, undisturbed);
  const { stuck, struck } = session;
  return { lost: stuck === undefined ? lost : [stuck, ...lost], doubled, reached: struck };
}

function shown(way: Way, { lost, doubled, reached }: Cell): string {
  const words = [
    ...(reached ? [] : ['never']),
    ...(lost.length > 0 ? ['lost'] : []),
    ...(doubled.length > 0 ? ['twice'] : []),
  ];
  return (words.length === 0 ? 'ok' : words.join('+')).padEnd(way.length);
}

function finish(rows: readonly Row[]): void {
  const cells = rows.flatMap(({ cells }) => WAYS.map((way) => cells[way]));
  const lost = cells.filter((cell) => cell.lost.length > 0).length;
  const doubled = cells.filter((cell) => cell.doubled.length > 0).length;
  const missed = rows.filter(({ cells }) => WAYS.some((way) => !cells[way].reached));
  for (const { point } of missed) console.log(`Never reached: ${point}`);
  console.log(
    `${cells.length} sessions with a crash in them, ${cells.length - lost} as if without`,
  );
  console.log(`crash: ${rows.length} points, ${lost} lost, ${doubled} doubled`);
  if (lost + doubled + missed.length > 0) process.exitCode = 1;
}
