import { registerAssistant, type AuthorHost } from '#domain/author-host.ts';
import { Helper } from './helper.ts';
import { serveHelper } from './serve-helper.ts';

/** More cannot be kept busy: merging what they found is done by one. */
const MOST = 3;

registerAssistant(serveHelper);

const opened = new WeakMap<AuthorHost, readonly Helper[]>();

/** The helpers of an attempt, opened when it first wants them: they stay until it ends. */
export async function helpersOf(host: AuthorHost): Promise<readonly Helper[]> {
  const helpers = (opened.get(host) ?? []).filter((helper) => !helper.isGivenUp);
  while (helpers.length < MOST) {
    const port = await host.openHelper();
    if (!port) break;
    helpers.push(new Helper(port));
  }
  opened.set(host, helpers);
  return helpers;
}
