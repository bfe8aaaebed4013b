import { expect, test, type Page } from '@playwright/test';
import { expectNoFindings } from '#tests/support/axe.ts';
import { endOf, messagesOf, openWithEngine, startRun, startedRun } from '#tests/support/console-api.ts';
import type { RunHistory, RunRequest } from '#domain/engine-api.ts';

/** Runs one of the flows that come with the site, from its own source. */
async function runFlow(
  page: Page,
  flowId: string,
  more: Partial<RunRequest> = {},
): Promise<RunHistory> {
  await page.waitForFunction(() => globalThis.nightshift !== undefined);
  const files = await page.evaluate((id) => globalThis.nightshift?.builtInFlows[id], flowId);
  const id = await startedRun(page, { flowId, ...(files ? { files } : {}), ...more } as never);
  return endOf(page, id);
}

const said = (history: RunHistory, start: string): string =>
  messagesOf(history).find((line) => line.startsWith(start)) ?? messagesOf(history).join('\n');

for (const flowId of ['champion-challenger', 'drift-check', 'batch-score', 'data-quality', 'tfjs-layers'])
  test(`${flowId} runs to its end`, async ({ page }) => {
    await openWithEngine(page);
    if (flowId === 'drift-check' || flowId === 'batch-score') await runFlow(page, 'retrain-sentiment');
    const t0 = Date.now();
    const history = await runFlow(page, flowId);
    console.log(flowId, Date.now() - t0, history.record.state.name, messagesOf(history).join('\n'));
    expect(history.record.state.name).toBe('Completed');
  });
