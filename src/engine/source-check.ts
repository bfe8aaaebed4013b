import type { SourceCheck } from '#domain/engine-api.ts';
import type { SourceFile } from '#domain/records.ts';
import { loadProblem } from './load-problem.ts';
import type { EnginePorts } from './ports.ts';

/** Compiles and loads a source, and says what flow it holds; nothing runs. */
export async function checkSource(
  { compiler, workers }: Pick<EnginePorts, 'compiler' | 'workers'>,
  files: readonly SourceFile[],
): Promise<SourceCheck> {
  const compiled = await compiler.compile(files);
  if (!compiled.ok) return compiled;
  const opened = await workers.open(compiled.program);
  if (!opened.ok) return { ok: false, problems: [loadProblem(opened.failure)] };
  opened.worker.terminate('worker terminated');
  const { flow, tasks } = opened.loaded;
  return {
    ok: true,
    flow: {
      name: flow.name,
      parameters: flow.parameters,
      tasks: tasks.map((task) => {
        const lines = compiled.taskLines[task.name];
        return { ...task, ...(lines ? { lines } : {}) };
      }),
    },
  };
}
