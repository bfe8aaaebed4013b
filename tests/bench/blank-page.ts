import type { Page } from '@playwright/test';
import { bundle } from '#scripts/vite/bundle.ts';
import type { BenchSite } from './report.ts';

/**
 * A page of the site's origin with nothing of the site on it, and a module of tests/bench/page in it: the same browser
 * and the same storage, but no engine and no screen that works along.
 */
export async function openBlankPage(
  { page: sitePage, url }: BenchSite,
  module: string,
): Promise<Page> {
  const page = await sitePage.context().newPage();
  await page.route(`${url}blank`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Bench</title>' }),
  );
  await page.goto(`${url}blank`);
  const entry = `tests/bench/page/${module}.ts`;
  await page.addScriptTag({ content: await bundle({ entry, format: 'iife' }) });
  return page;
}
