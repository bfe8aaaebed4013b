import type { Page } from '@playwright/test';

/** Collects requests to any other origin than the page's, and lets none of them out. */
export async function refuseOtherOrigins(page: Page): Promise<readonly string[]> {
  const others: string[] = [];
  await page.route('**/*', (route) => {
    const { hostname, protocol } = new URL(route.request().url());
    if (hostname === 'localhost' || protocol === 'blob:' || protocol === 'data:')
      return route.continue();
    others.push(route.request().url());
    return route.abort();
  });
  return others;
}
