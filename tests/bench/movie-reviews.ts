import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '#scripts/dist.mjs';
import { openModels } from './models-page.ts';
import type { BenchRow, FoldResult } from './page/models.ts';
import { openPeer, whyNoPeer, type Peer, type PeerModel, type PeerResult } from './peer.ts';
import type { BenchSite, Report } from './report.ts';
import { spread, SPREAD_COLUMNS } from './spread.ts';

const SHARED = join(ROOT, '..', 'shared');
const DATA = join(SHARED, 'data');
const SCRIPT = join(SHARED, 'bench');
const FOLDS = 10;

/** MR (10,662 sentences of film reviews) in ten folds, in turns with scikit-learn: the data is nobody's here and is not shipped. */
export async function measureMovieReviews(site: BenchSite): Promise<Report> {
  const why = existsSync(join(DATA, 'mr', 'all.tsv')) ? whyNoPeer() : `there is no ${DATA}`;
  if (why !== undefined)
    return { measurements: [], notes: [`MR against scikit-learn was skipped: ${why}.`] };
  const peer = await openPeer({ script: SCRIPT, data: DATA });
  try {
    return await inTurns(site, peer);
  } finally {
    peer.close();
  }
}

interface Turn extends Readonly<Record<PeerModel, PeerResult>> {
  readonly ours: FoldResult;
}

async function inTurns(site: BenchSite, peer: Peer): Promise<Report> {
  const page = await openModels(site, movieReviews());
  const turns: Turn[] = [];
  for (let fold = 0; fold < FOLDS; fold++)
    turns.push({
      ours: await page.evaluate((one) => globalThis.models.fold(one), fold),
      tfidf: await peer.fold(fold, 'tfidf'),
      nb_weighted: await peer.fold(fold, 'nb_weighted'),
    });
  const seconds = (side: 'ours' | PeerModel) => turns.map((turn) => turn[side].ms / 1000);
  const cells = (name: string, side: 'ours' | PeerModel) => [
    name,
    ...spread(turns.map((turn) => turn[side].accuracy)),
  ];
  const names = { tfidf: 'scikit-learn TF-IDF', nb_weighted: 'scikit-learn, NB-weighted' };
  return {
    measurements: [
      { name: 'MR, a fold', unit: 's', samples: seconds('ours'), baseline: names.tfidf },
      { name: names.tfidf, unit: 's', samples: seconds('tfidf') },
      { name: names.nb_weighted, unit: 's', samples: seconds('nb_weighted') },
    ],
    tables: [
      {
        title: `MR, accuracy of ${FOLDS} folds`,
        columns: ['', ...SPREAD_COLUMNS],
        rows: [
          cells('ours', 'ours'),
          cells(names.tfidf, 'tfidf'),
          cells(names.nb_weighted, 'nb_weighted'),
        ],
      },
    ],
    notes: [
      `Both sides from rows in memory to accuracy, in turns: ours in Chromium on WebAssembly, scikit-learn ${peer.version} with logistic regression.`,
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
