import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '#scripts/dist.mjs';
import { SHARED_DATA } from '#tests/support/shared-data.ts';

/** scikit-learn's side, one question at a time, so that both sides can take turns. */
export interface Peer {
  readonly version: string;
  learn(set: string, split: string, model: PeerModel): Promise<PeerLearned>;
  /** Of the TF-IDF pipeline, fitted on the first split of the set. */
  serving(set: string): Promise<PeerServing>;
  close(): void;
}

export type PeerModel = 'tfidf' | 'nb_weighted';

export interface PeerLearned {
  readonly accuracy: number;
  /** Of the positive class. */
  readonly f1: number;
  readonly ms: number;
}

export interface PeerServing {
  /** Of each text asked for alone. */
  readonly oneMs: readonly number[];
  readonly rowsPerSecond: number;
  readonly fileBytes: number;
  readonly saveMs: number;
  readonly loadMs: number;
}

const SCRIPT = join(ROOT, 'tests', 'bench', 'peer', 'sklearn_text.py');
const SKLEARN = 'scikit-learn==1.9.1';
/** Where a machine without scikit-learn gets one; not part of the project. */
const OWN_PYTHON = join(ROOT, '.cache', 'python');

export type FoundPython =
  { readonly ok: true; readonly python: string } | { readonly ok: false; readonly why: string };

/** A Python that has scikit-learn: the machine's, or one of the bench's own, made now from the package registry. */
export function findPython(): FoundPython {
  const own = join(OWN_PYTHON, 'bin', 'python');
  const python = [process.env['NIGHTSHIFT_PYTHON'], 'python3', own].find(
    (one) => one !== undefined && succeeds(one, ['-c', 'import sklearn']),
  );
  if (python !== undefined) return { ok: true, python };
  if (!succeeds('python3', ['--version'])) return { ok: false, why: 'there is no python3' };
  console.error(`python3 has no scikit-learn: installing ${SKLEARN} into ${OWN_PYTHON} ...`);
  const made = existsSync(own) || succeeds('python3', ['-m', 'venv', OWN_PYTHON]);
  if (made && succeeds(own, ['-m', 'pip', 'install', '--quiet', SKLEARN]))
    return { ok: true, python: own };
  const why = `python3 has no scikit-learn, and \`pip install ${SKLEARN}\` did not work`;
  return { ok: false, why: `${why} (NIGHTSHIFT_PYTHON says which Python to use)` };
}

const succeeds = (command: string, words: readonly string[]): boolean =>
  spawnSync(command, words, { encoding: 'utf8' }).status === 0;

/** Under load its numeric library is faster on one thread than on as many as there are cores. */
const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

export async function openPeer(
  python: string,
  threads: 'one thread' | 'its own choice',
): Promise<Peer> {
  const child = spawn(python, [SCRIPT, '--data', SHARED_DATA, '--serve'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...(threads === 'one thread' ? ONE_THREAD : {}) },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    const line = await lines.next();
    if (line.done) throw new Error('scikit-learn ended without an answer.');
    return JSON.parse(line.value) as T;
  };
  const ask = <T>(question: object): Promise<T> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    return answer<T>();
  };
  const { version } = await answer<{ version: string }>();
  return {
    version,
    learn: (set, split, model) => ask({ ask: 'learn', set, split, model }),
    serving: (set) => ask({ ask: 'serving', set }),
    close: () => child.stdin.end(),
  };
}
