import { openLearner, type Learner } from './learner.ts';
import type { Learned, Serving } from './page/learner.ts';
import { findPython, openPeer, type Peer, type PeerLearned, type PeerServing } from './peer.ts';
import type { BenchSite, Measurement, Report, Table } from './report.ts';
import { findSets, splitNames, type TextSet } from './sets.ts';

/** How often a set with one split is learned; folds are learned once each. */
const ROUNDS = 3;
const PEERS = {
  'scikit-learn': { threads: 'its own choice', model: 'tfidf' },
  'scikit-learn, one thread': { threads: 'one thread', model: 'tfidf' },
  'scikit-learn NB-weighted, one thread': { threads: 'one thread', model: 'nb_weighted' },
} as const;
const PEER = 'scikit-learn';
const OTHER_PEERS = ['scikit-learn, one thread', 'scikit-learn NB-weighted, one thread'] as const;
const LONG_SECONDS = 10;

type PeerName = keyof typeof PEERS;

/** What both sides did on one set. */
interface SetResult {
  readonly set: TextSet;
  readonly ours: readonly Learned[];
  readonly serving: Serving;
  readonly peakBytes: number | undefined;
  readonly peers?: {
    readonly learned: ReadonlyMap<PeerName, readonly PeerLearned[]>;
    readonly serving: PeerServing;
  };
}

/** Every set that lies in the shared data, in turns with scikit-learn, with the default settings of both. */
export async function measureTextSets(site: BenchSite): Promise<Report> {
  const { sets, missing } = findSets();
  if (sets.length === 0) return { measurements: [], notes: missing };
  const python = findPython();
  const peers = python.ok ? await openPeers(python.python) : undefined;
  const results: SetResult[] = [];
  try {
    for (const set of sets) results.push(await measureSet(site, set, peers));
  } finally {
    peers?.usual.close();
    peers?.single.close();
  }
  const why = python.ok ? [] : [`scikit-learn was skipped: ${python.why}.`];
  return reportOf(results, peers?.usual.version, [...missing, ...why]);
}

interface Peers {
  readonly usual: Peer;
  readonly single: Peer;
}

const openPeers = async (python: string): Promise<Peers> => ({
  usual: await openPeer(python, 'its own choice'),
  single: await openPeer(python, 'one thread'),
});

async function measureSet(
  site: BenchSite,
  set: TextSet,
  peers: Peers | undefined,
): Promise<SetResult> {
  const ours: Learned[] = [];
  const learned = new Map<PeerName, PeerLearned[]>();
  let last: Learner | undefined;
  for (const split of roundsOf(set)) {
    // A new worker where a set is learned once: what it takes to warm up is part of what people wait for.
    if (set.kind === 'train and test') await last?.close();
    if (!last || set.kind === 'train and test') last = await openLearner(site, set);
    ours.push(await last.learn(split));
    const ask = async (name: PeerName): Promise<void> => {
      const { threads, model } = PEERS[name];
      const peer = threads === 'one thread' ? peers?.single : peers?.usual;
      const found = await peer?.learn(set.name, split, model);
      if (found) learned.set(name, [...(learned.get(name) ?? []), found]);
    };
    await ask(PEER);
    for (const name of peersOfRound(learned)) await ask(name);
  }
  if (!last) throw new Error(`${set.name} has no rows.`);
  const peakBytes = await last.peakBytes();
  const serving = await last.serving();
  await last.close();
  const compared = peers && { learned, serving: await peers.usual.serving(set.name) };
  return { set, ours, serving, peakBytes, ...(compared ? { peers: compared } : {}) };
}

/** The one that the ratio is about in each round; the others as well where that does not take half a minute each. */
const peersOfRound = (
  learned: ReadonlyMap<PeerName, readonly PeerLearned[]>,
): readonly PeerName[] => (secondsOf(learned.get(PEER) ?? []) > LONG_SECONDS ? [] : OTHER_PEERS);

const roundsOf = (set: TextSet): readonly string[] =>
  set.kind === 'folds' ? splitNames(set) : Array.from({ length: ROUNDS }, () => 'test');

function reportOf(
  results: readonly SetResult[],
  version: string | undefined,
  notes: readonly string[],
): Report {
  return {
    measurements: results.flatMap(measurementsOf),
    tables: [learningTable(results), servingTable(results)],
    notes: [
      'From rows in memory to held-out accuracy, in turns, default settings; ours in a worker of Chromium on WebAssembly' +
        (version === undefined
          ? '.'
          : `, scikit-learn ${version}: TfidfVectorizer(1, 2) and LogisticRegression.`),
      ...notes,
    ],
    byKey: Object.fromEntries(results.map((result) => [result.set.name, keyed(result)])),
  };
}

function measurementsOf({ set, ours, peers }: SetResult): readonly Measurement[] {
  const seconds = (found: readonly { readonly ms: number }[]) => found.map(({ ms }) => ms / 1000);
  const own = `${set.name}: ours`;
  return [
    { name: own, unit: 's', samples: seconds(ours) },
    ...[...(peers?.learned ?? [])].map(([name, found]) => ({
      name: `${set.name}: ${name}`,
      unit: 's',
      samples: seconds(found),
      baseline: own,
    })),
  ];
}

function learningTable(results: readonly SetResult[]): Table {
  return {
    title: `Training and testing, seconds; ratio is ours divided by ${PEER} (medians of one run)`,
    columns: [
      'set',
      'train',
      'held out',
      'mode',
      'ours',
      PEER,
      'ratio',
      'one thread',
      'ratio',
      'acc ours',
      'acc peer',
      'F1 ours',
      'F1 peer',
    ],
    rows: results.map((result) => {
      const { ours, peers } = result;
      const peer = peers?.learned.get(PEER) ?? [];
      const single = peers?.learned.get('scikit-learn, one thread') ?? [];
      const own = secondsOf(ours);
      return [
        result.set.name,
        ours[0]?.trainRows ?? 0,
        ours[0]?.heldOutRows ?? 0,
        ours[0]?.mode ?? '',
        fixed(own, 2),
        fixed(secondsOf(peer), 2),
        fixed(own / secondsOf(peer), 3),
        fixed(secondsOf(single), 2),
        fixed(own / secondsOf(single), 3),
        ...[ours, peer].map((found) => fixed(100 * mean(found.map(({ accuracy }) => accuracy)), 2)),
        ...[ours, peer].map((found) => fixed(mean(found.map(({ f1 }) => f1)), 3)),
      ];
    }),
  };
}

function servingTable(results: readonly SetResult[]): Table {
  return {
    title: 'Serving: ours / scikit-learn',
    columns: [
      'set',
      'one text p50 µs',
      'p95 µs',
      'ratio p50',
      'rows/s',
      'tokenising MB/s',
      'file MB',
      'save ms',
      'load ms',
      'peak MB',
    ],
    rows: results.map(({ set, serving, peers, peakBytes }) => {
      const peer = peers?.serving;
      const pair = (own: number, other: number | undefined, digits: number) =>
        `${fixed(own, digits)} / ${fixed(other ?? NaN, digits)}`;
      const micro = (values: readonly number[] | undefined, share: number) =>
        1000 * quantile(values ?? [], share);
      return [
        set.name,
        pair(micro(serving.oneMs, 0.5), micro(peer?.oneMs, 0.5), 0),
        pair(micro(serving.oneMs, 0.95), micro(peer?.oneMs, 0.95), 0),
        fixed(quantile(serving.oneMs, 0.5) / quantile(peer?.oneMs ?? [], 0.5), 3),
        pair(serving.rowsPerSecond, peer?.rowsPerSecond, 0),
        fixed(tokenisingRate(serving), 0),
        pair(serving.fileBytes / 1e6, peer && peer.fileBytes / 1e6, 1),
        pair(serving.saveMs, peer?.saveMs, 0),
        pair(serving.loadMs, peer?.loadMs, 0),
        fixed((peakBytes ?? NaN) / 1e6, 0),
      ];
    }),
  };
}

/** What `--json` prints under the name of the set. Seconds; medians. */
function keyed({ set, ours, serving, peakBytes, peers }: SetResult) {
  const peer = peers?.learned.get(PEER) ?? [];
  const accuracy = (found: readonly { readonly accuracy: number }[]) =>
    mean(found.map((one) => one.accuracy));
  const f1 = (found: readonly { readonly f1: number }[]) => mean(found.map((one) => one.f1));
  return {
    kind: set.kind,
    unit: 's',
    ours: secondsOf(ours),
    peer: secondsOf(peer),
    ratio: secondsOf(ours) / secondsOf(peer),
    accuracies: { ours: accuracy(ours), peer: accuracy(peer) },
    f1: { ours: f1(ours), peer: f1(peer) },
    peers: Object.fromEntries(
      [...(peers?.learned ?? [])].map(([name, found]) => [
        name,
        {
          seconds: secondsOf(found),
          ratio: secondsOf(ours) / secondsOf(found),
          accuracy: accuracy(found),
        },
      ]),
    ),
    oneTextMs: {
      ours: { p50: quantile(serving.oneMs, 0.5), p95: quantile(serving.oneMs, 0.95) },
      peer: {
        p50: quantile(peers?.serving.oneMs ?? [], 0.5),
        p95: quantile(peers?.serving.oneMs ?? [], 0.95),
      },
    },
    rowsPerSecond: { ours: serving.rowsPerSecond, peer: peers?.serving.rowsPerSecond },
    tokenisingMegabytesPerSecond: tokenisingRate(serving),
    file: { bytes: serving.fileBytes, saveMs: serving.saveMs, loadMs: serving.loadMs },
    peakBytes,
  };
}

const tokenisingRate = ({ tokenisedBytes, tokeniseMs }: Serving): number =>
  tokenisedBytes / 1000 / tokeniseMs;

const secondsOf = (found: readonly { readonly ms: number }[]): number =>
  quantile(
    found.map(({ ms }) => ms / 1000),
    0.5,
  );

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** By nearest rank; NaN where there is none. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

const fixed = (value: number, digits: number): string =>
  Number.isFinite(value) ? value.toFixed(digits) : '-';
