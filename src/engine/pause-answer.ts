import type { Problem, RunResume } from '#domain/engine-api.ts';
import { checkParameters, type Parameters } from '#domain/parameters.ts';
import type { OpenPause } from '#domain/pauses.ts';
import type { FlowRunRecord } from '#domain/records.ts';

type CheckedAnswer =
  | { readonly kind: 'answer'; readonly pause: OpenPause; readonly answer: Parameters }
  | { readonly kind: 'no answer'; readonly reply: RunResume };

/** Whether an input answers what the run asks at this instant, and if not, what to say. */
export function checkAnswer(
  record: FlowRunRecord,
  input: Readonly<Record<string, unknown>>,
  number: number | undefined,
  at: number,
): CheckedAnswer {
  const { pause } = record;
  if (!pause || (number !== undefined && pause.number !== number))
    return { kind: 'no answer', reply: withoutPause(record, number) };
  if (at >= pause.until)
    return refused({
      message: 'The time to resume this run is over. Run it again to be asked anew.',
    });
  const checked = checkParameters(pause.schema ?? {}, input, 'nobody asked for it');
  if (!checked.ok) return refused(...checked.problems.map(fieldProblem));
  return { kind: 'answer', pause, answer: checked.parameters };
}

/** To an answer for which no question is open: the second of a double click is no problem. */
export function withoutPause(
  record: FlowRunRecord | undefined,
  number: number | undefined,
): RunResume {
  const wasAnswered =
    number !== undefined && record?.endedPauses?.[number - 1]?.answer !== undefined;
  if (wasAnswered) return { ok: true };
  return { ok: false, problems: [{ message: whyNotPaused(record) }] };
}

function whyNotPaused(record: FlowRunRecord | undefined): string {
  if (!record) return 'There is no such run in this browser. Look for it in the list of runs.';
  if (record.pause) return 'The run asks another question by now. Read it and answer that one.';
  const again = record.active === 0 ? ' It has ended: run it again.' : '';
  return `The run is not paused, it is ${record.state.name}: there is nothing to resume.${again}`;
}

function fieldProblem(text: string): Problem {
  const field = text.slice(0, text.indexOf(':'));
  const next = text.endsWith('is needed') ? 'Give one' : 'Change it';
  return { field, message: `${text}. ${next} and press Resume again.` };
}

const refused = (...problems: readonly Problem[]): CheckedAnswer => ({
  kind: 'no answer',
  reply: { ok: false, problems },
});
