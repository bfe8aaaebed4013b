import { registerAssistant, type AuthorHost } from '#domain/author-host.ts';
import { Assistant } from './assistant.ts';
import { serveAssistant } from './serve-assistant.ts';

/** More cannot be kept busy: merging what they found is done by one. */
const MOST = 3;

registerAssistant(serveAssistant);

const opened = new WeakMap<AuthorHost, readonly Assistant[]>();

/** The assistants of an attempt, opened when it first wants them: they stay until it ends. */
export async function assistantsOf(host: AuthorHost): Promise<readonly Assistant[]> {
  const assistants = (opened.get(host) ?? []).filter((assistant) => !assistant.isGivenUp);
  while (assistants.length < MOST) {
    const port = await host.openAssistant();
    if (!port) break;
    assistants.push(new Assistant(port));
  }
  opened.set(host, assistants);
  return assistants;
}
