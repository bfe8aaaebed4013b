import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** scikit-learn's side, one fold when asked for it, so that both sides can take turns. */
export interface Peer {
  readonly version: string;
  fold(fold: number, model: PeerModel): Promise<PeerResult>;
  close(): void;
}

type PeerModel = 'tfidf' | 'nb_weighted';

interface PeerResult {
  readonly accuracy: number;
  readonly ms: number;
}

/** Serves folds of ../shared/bench/sklearn_text.py over standard input and output. */
const SERVER = `
import json, pathlib, sys
sys.path.insert(0, sys.argv[1])
import sklearn, sklearn_text
folds = [(train, test) for _, train, test in sklearn_text.splits('mr', pathlib.Path(sys.argv[2]))]
print(json.dumps({'version': sklearn.__version__}), flush=True)
for line in sys.stdin:
    fold, model = json.loads(line)
    accuracy, *seconds = getattr(sklearn_text, model)(*folds[fold])
    print(json.dumps({'accuracy': accuracy, 'ms': 1000 * sum(seconds)}), flush=True)
`;

/** Why there is no peer here; undefined when there is one. */
export function whyNoPeer(): string | undefined {
  const { status, error } = spawnSync('python3', ['-c', 'import sklearn'], { encoding: 'utf8' });
  if (error) return 'there is no python3';
  return status === 0 ? undefined : 'python3 has no scikit-learn';
}

/** Under load its numeric library is faster on one thread than on as many as there are cores. */
const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

/** @param folders of the script and of the data */
export async function openPeer(
  folders: { readonly script: string; readonly data: string },
  threads: 'one thread' | 'its own choice',
): Promise<Peer> {
  const child = spawn('python3', ['-c', SERVER, folders.script, folders.data], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...(threads === 'one thread' ? ONE_THREAD : {}) },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    const line = await lines.next();
    if (line.done) throw new Error('scikit-learn ended without an answer.');
    return JSON.parse(line.value) as T;
  };
  const { version } = await answer<{ version: string }>();
  return {
    version,
    fold(fold, model) {
      child.stdin.write(`${JSON.stringify([fold, model])}\n`);
      return answer();
    },
    close: () => child.stdin.end(),
  };
}
