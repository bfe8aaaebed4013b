import { expect, test } from '@playwright/test';
import { openCrashSite } from './crash-site.ts';
import { judge } from './judgement.ts';
import { CrashBrowser } from './real-browser.ts';

/** Where most hangs on the order of things; `npm run crash` takes all points. */
const POINTS = [
  'before extract-0: Completed with its journal outcome',
  'before model sentiment: version 1 promoted (strict)',
  'after model sentiment: version 1 promoted (strict)',
  'before deployment: tick ran',
];

// Playwright's own page is not used, and a trace would go on asking browsers that are killed.
test.use({ trace: 'off' });

test('a real engine worker, page or browser that dies at a point loses nothing and doubles nothing', async () => {
  test.setTimeout(240_000);
  const site = await openCrashSite();
  const browser = new CrashBrowser(site.url);
  try {
    const undisturbed = await browser.session();
    expect(undisturbed.stuck).toBeUndefined();
    for (const point of POINTS)
      for (const way of ['engine worker', 'page reload', 'SIGKILL'] as const) {
        const session = await browser.session({ point, way });
        const { struck, stuck } = session;
        const found = { point, way, struck, stuck, ...judge(session, undisturbed) };
        const sound = { struck: true, stuck: undefined, lost: [], doubled: [] };
        expect(found).toEqual({ point, way, ...sound });
      }
  } finally {
    await browser.close();
    await site.close();
  }
});
