import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './dist.mjs';

/**
 * `npm run histories`: records the runs of `tests/support/history-scenarios.ts` that were not recorded yet, for
 * `tests/unit/domain/histories.test.ts`. What was recorded before is never written again.
 */
const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
const asked = ['run', '--project', 'unit', 'tests/unit/domain/histories.test.ts'];
const { status } = spawnSync(process.execPath, [vitest, ...asked], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, RECORD_HISTORIES: '1' },
});
process.exitCode = status ?? 1;
