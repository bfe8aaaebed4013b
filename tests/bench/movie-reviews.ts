import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '#scripts/dist.mjs';
import { openModels } from './models-page.ts';
import type { BenchRow, FoldResult } from './page/models.ts';
import { openPeer, whyNoPeer } from './peer.ts';
import type { BenchSite, Report } from './report.ts';
import { spread, SPREAD_COLUMNS } from './spread.ts';

const SHARED = join(ROOT, '..', 'shared');
const DATA = join(SHARED, 'data');
const SCRIPT = join(SHARED, 'bench');
const FOLDS = 10;

const OURS = 'MR, a fold: ours';
const TFIDF = 'scikit-learn TF-IDF';
const TFIDF_1 = `${TFIDF}, one thread`;
const NB_1 = 'scikit-learn NB-weighted, one thread';

/** Each asks for one fold. */
type Sides = Readonly<Record<string, (fold: number) => Promise<FoldResult>>>;

/** MR (10,662 sentences of film reviews) in ten folds, in turns with scikit-learn: the data is nobody's here and is not shipped. */
export async function measureMovieReviews(site: BenchSite): Promise<Report> {
  const why = existsSync(join(DATA, 'mr', 'all.tsv')) ? whyNoPeer() : `there is no ${DATA}`;
  if (why !== undefined)
    return { measurements: [], notes: [`MR against scikit-learn was skipped: ${why}.`] };
  const folders = { script: SCRIPT, data: DATA };
  const [usual, single] = [
    await openPeer(folders, 'its own choice'),
    await openPeer(folders, 'one thread'),
  ];
  try {
    const page = await openModels(site, movieReviews());
    const results = await inTurns({
      [OURS]: (fold) => page.evaluate((one) => globalThis.models.fold(one), fold),
      [TFIDF]: (fold) => usual.fold(fold, 'tfidf'),
      [TFIDF_1]: (fold) => single.fold(fold, 'tfidf'),
      [NB_1]: (fold) => single.fold(fold, 'nb_weighted'),
    });
    return reportOf(results, single.version);
  } finally {
    usual.close();
    single.close();
  }
}

type Results = ReadonlyMap<string, readonly FoldResult[]>;

/** Fold by fold, so that all sides meet the same load. */
async function inTurns(sides: Sides): Promise<Results> {
  const results = new Map(Object.keys(sides).map((name) => [name, [] as FoldResult[]]));
  for (let fold = 0; fold < FOLDS; fold++)
    for (const [name, ask] of Object.entries(sides)) results.get(name)?.push(await ask(fold));
  return results;
}

function reportOf(results: Results, version: string): Report {
  const all = [...results];
  return {
    measurements: all.map(([name, folds]) => ({
      name,
      unit: 's',
      samples: folds.map((fold) => fold.ms / 1000),
      ...(name === OURS ? {} : { baseline: OURS }),
    })),
    tables: [
      {
        title: `MR, accuracy of ${FOLDS} folds`,
        columns: ['', ...SPREAD_COLUMNS],
        rows: all.map(([name, folds]) => [name, ...spread(folds.map((fold) => fold.accuracy))]),
      },
    ],
    notes: [
      `MR: all sides from rows in memory to accuracy, in turns; ours in Chromium on WebAssembly, scikit-learn ${version} with logistic regression.`,
    ],
  };
}

/** Split at line feeds only: some texts hold other line breaks. */
function movieReviews(): readonly BenchRow[] {
  const lines = (file: string) =>
    readFileSync(join(DATA, 'mr', file), 'utf8')
      .replace(/\n$/, '')
      .split('\n');
  const folds = lines('folds10.txt').map(Number);
  return lines('all.tsv').map((line, i) => {
    const [label, text] = [line.slice(0, 1), line.slice(2)];
    return {
      id: String(i),
      domain: '',
      label: label === '1' ? 1 : 0,
      text,
      day: 0,
      fold: folds[i] ?? 0,
    };
  });
}
