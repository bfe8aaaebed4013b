import type { ReusePreview, RunRequest } from '#domain/engine-api.ts';
import { nameOf } from './earlier-run.ts';
import type { EnginePorts } from './ports.ts';
import { planReuse } from './reuse-plan.ts';
import { resolveOrigin } from './run-origin.ts';

/** What a run would reuse of the run it is made from, as far as it can be known before its body calls anything. */
export async function previewReuse(
  ports: Pick<EnginePorts, 'store' | 'compiler'>,
  asked: RunRequest,
  arrivalDay: number,
): Promise<ReusePreview> {
  const resolved = await resolveOrigin(ports.store, asked);
  if (!resolved.ok) return resolved;
  const { request, made } = resolved;
  if (!made) return { ok: false, problems: [NO_ORIGIN] };
  const compiled = await ports.compiler.compile(request.files);
  if (!compiled.ok) return compiled;
  const { sourceHash } = compiled.program;
  const { calls, earlier } = planReuse(made.earlier, made.origin, {
    ...request,
    sourceHash,
    arrivalDay: request.arrivalDay ?? arrivalDay,
  });
  return {
    ok: true,
    flowRunName: earlier.name,
    taskRuns: [...calls.values()].flatMap(({ taskRun, again }) =>
      taskRun ? [{ name: nameOf(taskRun), ...(again === undefined ? {} : { again }) }] : [],
    ),
  };
}

const NO_ORIGIN = {
  message:
    'Nothing is reused by a run that is made from no other. Name a finished run as its origin.',
  field: 'origin',
};
