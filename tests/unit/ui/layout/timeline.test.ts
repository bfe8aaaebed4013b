import { describe, expect, it } from 'vitest';
import { walkBars, tabStop } from '#ui/layout/bar-walk.ts';
import { layoutTimeline, type TimelineInput, type TimelineLayout } from '#ui/layout/timeline.ts';
import { MIN_BAR, MIN_TARGET } from '#ui/layout/timeline-rows.ts';
import { RunBuilder, START } from '#tests/unit/ui/run-builder.ts';
import * as examples from '#tests/unit/ui/run-examples.ts';

const layout = (run: RunBuilder | undefined, given: Partial<TimelineInput> = {}): TimelineLayout =>
  layoutTimeline({
    view: run?.view(),
    tasks: examples.TASKS,
    now: 0,
    live: false,
    width: 700,
    zoom: 1,
    open: new Set(),
    ...given,
  });
const row = ({ rows }: TimelineLayout, name: string) => {
  const found = rows.find((one) => one.name === name);
  if (!found) throw new Error(`no row ${name}`);
  return found;
};
const bar = (timeline: TimelineLayout, name: string, attempt = 1) => {
  const found = row(timeline, name).bars[attempt - 1];
  if (!found) throw new Error(`no bar ${name} ${attempt}`);
  return found;
};

describe('timeline', () => {
  it('shows a dotted outline for each task before anything ran', () => {
    const { rows, ticks } = layout(undefined);
    expect(rows.map(({ name, outline }) => [name, outline?.word])).toEqual(
      examples.TASKS.map((name) => [name, 'Not started']),
    );
    expect(ticks).toEqual([]);
  });

  it('draws a bar per attempt and the wait between two', () => {
    const { bars, waits } = row(layout(examples.promoted()), 'extract');
    expect(bars.map(({ look }) => look.word)).toEqual(['Failed', 'Failed', 'Completed']);
    expect(waits).toHaveLength(2);
    for (const wait of waits) expect(wait).not.toHaveProperty('countdown');
  });

  it('makes no bar narrower than 10 px, however short the attempt', () => {
    const bars = layout(examples.promoted()).rows.flatMap((one) => one.bars);
    for (const one of bars) expect(one.width).toBeGreaterThanOrEqual(MIN_BAR - 0.001);
  });

  it('keeps bars in the order of time although short ones are widened', () => {
    const timeline = layout(examples.promoted());
    const ends = ['train', 'evaluate', 'promote'].map((name) => bar(timeline, name));
    expect(bar(timeline, 'extract', 3).left).toBeLessThan(ends[0]?.left ?? 0);
    for (let i = 1; i < ends.length; i++)
      expect(ends[i]?.left).toBeGreaterThanOrEqual(
        (ends[i - 1]?.left ?? 0) + (ends[i - 1]?.width ?? 0) - 0.001,
      );
  });

  it('gives every bar a hit area of 24 px that does not reach into the next', () => {
    const run = new RunBuilder().running().task('extract', { retries: 9 });
    for (let i = 1; i < 10; i++)
      run
        .begin('extract', i)
        .wait(2)
        .fail('extract', i, { kind: 'exception', name: 'Error', message: '' }, { retries: 9 });
    const { bars } = row(layout(run), 'extract');
    bars.forEach(({ hit }, i) => {
      const next = bars[i + 1]?.hit.left ?? Infinity;
      expect(hit.width).toBeGreaterThanOrEqual(MIN_TARGET);
      expect(hit.left + hit.width).toBeLessThanOrEqual(next + 0.001);
    });
  });

  it('counts down in the wait that is on, and reaches as far as the next attempt', () => {
    const timeline = layout(examples.firstFailure(), { live: true, now: START + 2700 });
    const [wait] = row(timeline, 'extract').waits;
    expect(wait?.countdown).toBe('2.7 s');
    expect((wait?.left ?? 0) + (wait?.width ?? 0)).toBeGreaterThan(timeline.now ?? Infinity);
  });

  it('puts what has not started to the right of now', () => {
    const timeline = layout(examples.training(), { live: true, now: START + 11_000 });
    expect(row(timeline, 'evaluate').outline?.left).toBeGreaterThan(timeline.now ?? Infinity);
    expect(row(layout(examples.failed()), 'train').outline?.word).toBe('Never started');
  });

  it('draws the time between the call and the first attempt as a queue', () =>
    expect(row(layout(examples.manyTasks()), 'shard-39').queue?.width).toBeGreaterThan(100));

  it('shows a gate as a diamond: filled when it promoted, hollow when it rejected', () => {
    expect(bar(layout(examples.promoted()), 'promote').diamond).toBe('filled');
    expect(bar(layout(examples.rejected()), 'promote').diamond).toBe('hollow');
  });

  it('says where a recovered attempt went on', () =>
    expect(
      bar(layout(examples.recovered(), { live: true, now: START + 800 }), 'train', 2).note,
    ).toEqual({
      text: 'resumed at 50 %',
      inside: false,
    }));

  it('says it in the bar where nothing fits behind', () =>
    expect(bar(layout(examples.slept(), { width: 1200 }), 'train', 2).note?.inside).toBe(true));

  it('names task runs apart when a task has many', () =>
    expect(layout(examples.manyTasks()).rows.map(({ name }) => name)).toContain('shard-7'));

  it('ends the axis on a round number', () => {
    const { ticks } = layout(examples.promoted());
    expect(ticks.map(({ label }) => label)).toEqual([
      '0 s',
      '2 s',
      '4 s',
      '6 s',
      '8 s',
      '10 s',
      '12 s',
    ]);
  });

  it('widens with the zoom', () =>
    expect(layout(examples.promoted(), { zoom: 4 }).width).toBe(2800));

  it('knows where an instant stands, and that one outside the run stands nowhere', () => {
    const timeline = layout(examples.promoted());
    expect(timeline.at(START)).toBe(0);
    expect(timeline.at(START - 1)).toBeUndefined();
    expect(timeline.at(START + 60_000)).toBeUndefined();
  });
});

describe('idle time', () => {
  const slept = layout(examples.slept());

  it('collapses to a break that says how long the tab slept', () => {
    expect(slept.breaks).toHaveLength(1);
    expect(slept.breaks[0]).toMatchObject({
      asleep: true,
      open: false,
      label: '17 min 4 s asleep',
    });
    expect(slept.breaks[0]?.width).toBeLessThan(140);
  });

  it('says less where there is less room, and lets no axis label run into it', () => {
    const narrow = layout(examples.slept(), { width: 250 });
    expect(narrow.breaks[0]?.short).toBe('17 min');
    expect(narrow.ticks.map(({ label }) => label)).not.toContain('17 min 23 s');
  });

  it('does not draw an attempt on through the sleep it was lost in', () => {
    const lost = bar(slept, 'train', 1);
    expect(lost.look.word).toBe('Crashed');
    expect(lost.left + lost.width).toBeLessThanOrEqual((slept.breaks[0]?.left ?? 0) + 0.001);
  });

  it('opens to its true width', () => {
    const key = slept.breaks[0]?.key ?? '';
    const open = layout(examples.slept(), { open: new Set([key]) });
    expect(open.breaks[0]).toMatchObject({ open: true });
    expect(open.breaks[0]?.width).toBeGreaterThan(400);
  });

  it('is not what a task waits for: a retry is never collapsed', () =>
    expect(layout(examples.promoted()).breaks).toEqual([]));

  it('in which the run waits for a person is paused', () => {
    const run = new RunBuilder().running().task('extract').begin('extract').wait(1000);
    run.complete('extract').paused('Promote it?').wait(60_000).finish();
    expect(layout(run).breaks[0]).toMatchObject({ asleep: false, label: '1 min paused' });
  });

  it('without a lost attempt is idle, not asleep', () => {
    const run = new RunBuilder()
      .running()
      .task('extract')
      .begin('extract')
      .wait(500)
      .complete('extract');
    run.wait(60_000).task('train').begin('train').wait(500).complete('train').finish();
    expect(layout(run).breaks[0]).toMatchObject({ asleep: false, label: '1 min idle' });
  });
});

describe('walking the bars by keyboard', () => {
  const { rows } = layout(examples.promoted());
  const key = (name: string, attempt: number) =>
    bar(layout(examples.promoted()), name, attempt).key;
  const walk = (name: string, attempt: number, press: string) =>
    walkBars(rows, key(name, attempt), press)?.key;

  it('goes along a row and over its end into the next', () => {
    expect(walk('extract', 1, 'ArrowRight')).toBe(key('extract', 2));
    expect(walk('extract', 3, 'ArrowRight')).toBe(key('train', 1));
    expect(walk('train', 1, 'ArrowLeft')).toBe(key('extract', 3));
  });

  it('goes up and down to the nearest bar', () =>
    expect(walk('train', 1, 'ArrowUp')).toBe(key('extract', 3)));

  it('goes to the first and the last', () => {
    expect(walk('train', 1, 'Home')).toBe(key('extract', 1));
    expect(walk('train', 1, 'End')).toBe(key('promote', 1));
  });

  it('stays at the ends and leaves other keys alone', () => {
    expect(walk('extract', 1, 'ArrowLeft')).toBeUndefined();
    expect(walk('extract', 1, 'a')).toBeUndefined();
  });

  it('has one tab stop: the visited bar, else the chosen one, else the last', () => {
    expect(tabStop(rows, key('train', 1), undefined)).toBe(key('train', 1));
    const chosen = bar(layout(examples.promoted()), 'extract', 2).selection;
    expect(tabStop(rows, 'gone', chosen)).toBe(key('extract', 2));
    expect(tabStop(rows, undefined, undefined)).toBe(key('promote', 1));
  });
});
