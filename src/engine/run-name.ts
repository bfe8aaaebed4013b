import type { LoadedFlow } from '#domain/author-api.ts';
import type { RunStart } from '#domain/engine-api.ts';
import { describeFailure } from '#domain/failures.ts';
import type { AuthorWorker } from '#domain/ports.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import { ask, callbackContext, nameOf } from './author-functions.ts';
import type { EnginePorts } from './ports.ts';

/** The run under the name that the author's template or function gives it, from the parameters. */
export async function withName(
  ports: EnginePorts,
  record: FlowRunRecord,
  flow: LoadedFlow,
  worker: AuthorWorker,
): Promise<
  { readonly ok: true; readonly record: FlowRunRecord } | Extract<RunStart, { ok: false }>
> {
  if (!flow.functions.asksName) return { ok: true, record };
  const call = {
    ...callbackContext(record),
    logPrints: false,
    question: { ask: 'flowRunName' },
  } as const;
  // There is no run yet that could keep what it prints.
  const reply = await ask(ports.clock, worker, call, async () => ({ ok: true, value: undefined }));
  if (reply.ok) return { ok: true, record: { ...record, name: nameOf(reply.answer) } };
  const why = describeFailure(reply.failure).replace(/\.$/, '');
  return {
    ok: false,
    problems: [{ message: `The run has no name: ${why}. Mend flowRunName and press Run again.` }],
  };
}
