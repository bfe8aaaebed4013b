import { describe, expect, it } from 'vitest';
import { asFlowRunId } from '#domain/ids.ts';
import { graphNodes } from '#ui/layout/graph.ts';
import { layoutTimeline } from '#ui/layout/timeline.ts';
import { outcomeSentence } from '#ui/layout/words.ts';
import { originDifference } from '#ui/live/differences.ts';
import { recordSentence } from '#ui/live/record-words.ts';
import { originForLab, requestAgain, runAgainChoices } from '#ui/live/run-again.ts';
import { whyOf } from '#ui/live/why.ts';
import { flowRun, verdict } from '#tests/support/builders.ts';
import { readHistory } from '#tests/support/histories.ts';
import { completed } from '#domain/states.ts';

const viewOf = (name: string) => readHistory(name).view;

describe('what can be begun from a run', () => {
  it('is any task run of its last flow attempt, and the one that failed last', () => {
    expect(runAgainChoices(viewOf('failed'))).toEqual({
      taskRuns: ['extract-0'],
      failed: 'extract-0',
    });
    expect(runAgainChoices(viewOf('flow-retried')).taskRuns).toEqual(['f-0']);
    expect(runAgainChoices(viewOf('promoted'))).toEqual({
      taskRuns: ['extract-0', 'train-0', 'evaluate-0', 'promote-0'],
    });
  });

  it('asks for the same run again, from its own source', () => {
    const view = viewOf('version-1');
    const origin = { kind: 're-run', flowRunId: view.created.flowRunId } as const;
    const { parameters, seed, arrivalDay, faults } = view.created;
    const again = { files: [], parameters, seed, arrivalDay, origin };
    expect(requestAgain(view, origin, false)).toMatchObject({ ...again, faults });
    expect(requestAgain(view, origin, true)).toMatchObject({ ...again, faults: [] });
    expect(faults).toHaveLength(1);
  });

  it('is in the Lab a fork of the instant that is looked at, else a re-run with changes', () => {
    const view = viewOf('promoted');
    const { flowRunId } = view.created;
    expect(originForLab(view, undefined)).toEqual({ kind: 're-run', flowRunId, from: 'changes' });
    expect(originForLab(view, 5)).toEqual({ kind: 'fork', flowRunId, at: 5 });
  });

  it('is said beside the settings of the Lab, with whether the source allows it', () => {
    const files = [{ name: 'flow.ts', text: 'one' }];
    const flowRunId = asFlowRunId('fr_lynx');
    const said = (origin: Parameters<typeof originDifference>[0], source: string) =>
      originDifference(origin, source, () => undefined).map(({ text }) => text);
    const reRun = {
      origin: { kind: 're-run', flowRunId, from: 'changes' },
      name: 'calm-lynx',
      files,
    } as const;
    const fork = { ...reRun, origin: { kind: 'fork', flowRunId, at: 5 } } as const;
    expect(said(undefined, 'one')).toEqual([]);
    expect(said(reRun, 'one')).toEqual(['re-run of calm-lynx: what has the same inputs is reused']);
    expect(said(fork, 'one')).toEqual(['fork of calm-lynx: what had ended by then is reused']);
    expect(said(fork, 'two')).toEqual([
      'fork of calm-lynx: its source differs, so nothing is reused',
    ]);
  });
});

describe('a task run that was reused', () => {
  const view = viewOf('reused');
  const earlier = view.created.origin?.flowRunName;

  it('is shown as reused in the graph, with the run it comes from', () => {
    const extract = graphNodes(view, undefined, view.lastAt).find(({ name }) => name === 'extract');
    expect(extract).toMatchObject({
      state: { type: 'COMPLETED', name: 'Reused' },
      detail: `from ${earlier}`,
      attempts: { made: 0 },
    });
  });

  it('counts in a group of task runs', () => {
    const [extract, ...rest] = view.taskRuns;
    const two = [extract!, { ...extract!, id: 'fr/1/extract-1' as never, name: 'extract-1' }];
    const node = graphNodes({ ...view, taskRuns: [...two, ...rest] }, undefined, view.lastAt)[0];
    expect(node?.detail).toBe('2 of 2 completed, 2 reused');
  });

  it('has no bar in the timeline, but a note', () => {
    const input = {
      view,
      tasks: [],
      now: view.lastAt,
      live: false,
      width: 800,
      zoom: 1,
      open: new Set<string>(),
    };
    const row = layoutTimeline(input).rows.find(({ name }) => name === 'extract');
    expect(row).toMatchObject({ bars: [], outline: { note: `reused from ${earlier}` } });
  });

  it('is among the answers of Why', () => {
    const answers = whyOf(view, view.lastAt);
    expect(answers[0]?.answers).toEqual(['Started by you.', `Re-run of ${earlier} from broken-0.`]);
    expect(
      answers.find(({ question }) => question === 'What was not run again?')?.answers,
    ).toContain(`extract-0: the result of extract-0 in run ${earlier} was reused.`);
  });

  it('did not promote again, and the run says so', () => {
    const promote = view.taskRuns.find(({ taskName }) => taskName === 'promote')!;
    const reason = view.taskRuns[0]!.state.reason;
    const state = { ...promote.state, reason };
    const { model: _, ...rest } = view;
    const again = { ...rest, taskRuns: [{ ...promote, state }] };
    expect(outcomeSentence(again)).toContain(`promoted in ${earlier} and not again: `);
    const origin = view.created.origin!;
    const record = flowRun({ active: 0, state: completed(), verdict: verdict().verdict });
    expect(recordSentence({ ...record, origin })).toBe(
      `Reused what ${earlier} promoted: 0.928 is above 0.900`,
    );
    expect(recordSentence(record)).toBe('Promoted: 0.928 is above 0.900');
  });
});
