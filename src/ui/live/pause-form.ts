import type { Problem } from '#domain/engine-api.ts';
import type { ParameterField, ParameterSchema } from '#domain/parameters.ts';
import type { RunView } from '#domain/run-view.ts';
import { reasonOf, type EngineSession } from './engine-session.svelte.ts';

/** What stands in the fields of the form, by name; empty is not answered yet. */
export type AnswerDraft = Readonly<Record<string, string>>;

export const answerDraft = (schema: ParameterSchema): AnswerDraft =>
  Object.fromEntries(
    Object.entries(schema).map(([name, field]) => [name, String(field.default ?? '')]),
  );

/** What is sent: the engine coerces and checks it. An empty field is no value, but for text that may be empty. */
export const answerOf = (schema: ParameterSchema, draft: AnswerDraft) =>
  Object.fromEntries(
    Object.entries(schema).map(([name, field]) => [name, given(field, draft[name] ?? '')]),
  );

function given(field: ParameterField, value: string): string | undefined {
  const mayBeEmpty = field.kind === 'text' && field.default !== undefined;
  return value.trim() === '' && !mayBeEmpty ? undefined : value;
}

/** `maxRounds`, `max_rounds`: `Max rounds` */
export function fieldLabel(name: string): string {
  const words = name
    .replace(
      /([\p{Ll}\p{N}])(\p{Lu})/gu,
      (_, end: string, start: string) => `${end} ${start.toLowerCase()}`,
    )
    .replace(/[_\s]+/g, ' ')
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Without the name: it stands at its field. */
export function problemOf(problems: readonly Problem[], name: string): string | undefined {
  const text = problems.find(({ field }) => field === name)?.message.slice(name.length + 2);
  return text && text.charAt(0).toUpperCase() + text.slice(1);
}

/** Problems that no field of the form can show. */
export const otherProblems = (problems: readonly Problem[], schema: ParameterSchema) =>
  problems.filter(({ field }) => field === undefined || !Object.hasOwn(schema, field));

/** Nothing is said when it works: the feed shows that the run goes on. */
export async function sendAnswer(
  session: EngineSession,
  { created, pause }: RunView,
  input: ReturnType<typeof answerOf>,
): Promise<readonly Problem[]> {
  try {
    const api = await session.api();
    const resumed = await api.resumeRun(created.flowRunId, input, pause?.number);
    return resumed.ok ? [] : resumed.problems;
  } catch (error) {
    return [{ message: `The run was not resumed: ${reasonOf(error)}. Reload the page.` }];
  }
}
