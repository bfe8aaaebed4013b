import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** None of WCAG 2.2 A and AA on what is shown; with `all` none of the best practices of axe either. */
export async function expectNoFindings(
  page: Page,
  where: string,
  rules: 'WCAG' | 'all' = 'WCAG',
): Promise<void> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules === 'all' ? axe : axe.withTags(TAGS)).analyze();
  const told = violations.map(
    (one) => `${where}: ${one.id}: ${one.nodes.map((node) => node.target).join(' ')}`,
  );
  expect(told).toEqual([]);
}
