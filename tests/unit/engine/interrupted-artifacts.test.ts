import { describe, expect, it } from 'vitest';
import { runStream } from '#domain/ids.ts';
import type { ArtifactRecord } from '#domain/records.ts';
import { rigFor, type EngineRig } from '#tests/support/engine-rig.ts';
import { untilEndOrDeath, type Kill } from '#tests/support/interrupted-run.ts';
import type { SourceFile } from '#domain/records.ts';

/** Things made and told before, between and after calls; in the body some are waited for and some are not. */
const FLOW: readonly SourceFile[] = [
  {
    name: 'flow.ts',
    text: `
import { artifact, emitEvent, flow, sleep, task } from 'nightshift';
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1);
const works = task('works', async (n) => {
  await artifact.markdown('task ' + n, { key: 'of-task-' + n });
  await emitEvent('task.works', { n });
  return n;
});
export default flow('maker', async () => {
  const bar = await artifact.progress(0, { key: 'bar' });
  void artifact.image(PNG, { key: 'picture', mediaType: 'image/png', alt: 'one pixel' });
  void artifact.markdown('after the image', { key: 'after' });
  await works(1);
  await bar.update(40);
  void emitEvent('half.way');
  await sleep(30);
  await artifact.table({ n: [1, 2] }, { key: 'table' });
  await works(2);
  await bar.update(100);
  await emitEvent('all.done', { made: 4 });
});`,
  },
];

async function interrupted(kills: readonly Kill[]): Promise<EngineRig> {
  const rig = await rigFor(FLOW);
  const [first, ...later] = kills;
  if (first) prepare(rig, first);
  void rig.ask();
  await untilEndOrDeath(rig);
  for (const kill of [...later, undefined]) {
    if (rig.life.alive) break;
    await rig.restart((life) => {
      if (!kill) return;
      life.maxCommits = life.commits + kill.commits;
      life.lastCommit = kill.lastCommit;
    });
    await untilEndOrDeath(rig);
  }
  return rig;
}

function prepare({ life }: EngineRig, { commits, lastCommit }: Kill): void {
  life.maxCommits = life.commits + commits;
  life.lastCommit = lastCommit;
}

async function madeAndTold(rig: EngineRig) {
  const [run] = await rig.store.newestFlowRuns(1);
  if (!run) return undefined;
  const artifacts = await rig.store.artifactsOf(run.id);
  const events = await rig.store.events(runStream(run.id));
  const told = events.flatMap(({ body }) => (body.kind === 'author.event' ? [body] : []));
  return { run, artifacts, told, view: await rig.view(run.id), said: await rig.said(run.id) };
}

type Made = NonNullable<Awaited<ReturnType<typeof madeAndTold>>>;

const ofBody = (artifacts: readonly ArtifactRecord[]) =>
  artifacts
    .filter(({ taskRunId }) => taskRunId === undefined)
    .map(({ key, ordinal, content }) => ({ key, ordinal, content }))
    .sort((a, b) => a.ordinal - b.ordinal);

/** What must be the same however often the run was interrupted. */
const essenceOf = ({ run, artifacts, told, said }: Made) => ({
  state: run.state.name,
  artifacts: ofBody(artifacts),
  told: told.filter(({ taskRunId }) => !taskRunId).map(({ name, data }) => [name, data]),
  lines: said
    .filter((line) => /Flow run .*Event '/.test(line))
    .map((line) => line.replace(/^.*- /, '')),
});

/** Each attempt makes its own, and none of it twice; the events tell what the store has. */
function expectSound({ artifacts, told, view }: Made): void {
  const marks = [...artifacts, ...told].map(
    ({ taskRunId = 'body', attempt, ordinal }) => `${taskRunId} ${attempt} ${ordinal}`,
  );
  expect(new Set(marks).size).toBe(marks.length);
  expect(artifacts.map(({ number }) => number)).toEqual(artifacts.map((_, i) => i + 1));
  expect(view.artifacts.map(({ number, key }) => [number, key])).toEqual(
    artifacts.map(({ number, key }) => [number, key]),
  );
  for (const { progress, number } of view.artifacts)
    if (progress !== undefined)
      expect(artifacts[number - 1]?.content).toEqual({ type: 'progress', progress });
}

describe('artifacts and events of a run whose engine is killed at any commit', () => {
  it('are those of an undisturbed run, none of the body twice and none missing', async () => {
    const calm = await interrupted([]);
    const undisturbed = await madeAndTold(calm);
    if (!undisturbed) throw new Error('There was no run.');
    const essence = essenceOf(undisturbed);
    expect(essence).toMatchObject({
      state: 'Completed',
      artifacts: [
        { key: 'bar', content: { progress: 100 } },
        { key: 'picture' },
        { key: 'after' },
        { key: 'table' },
      ],
      told: [
        ['half.way', undefined],
        ['all.done', { made: 4 }],
      ],
      lines: ["Event 'half.way'", `Event 'all.done' {"made":4}`],
    });
    expectSound(undisturbed);
    for (let commits = 0; commits < calm.life.commits; commits++)
      for (const lastCommit of ['lost', 'kept'] as const) {
        const made = await madeAndTold(await interrupted([{ commits, lastCommit }]));
        if (!made) continue;
        expect(essenceOf(made), `${lastCommit} ${commits}`).toEqual(essence);
        expectSound(made);
      }
  }, 60_000);

  it('are so when the recoveries are killed as well', async () => {
    const undisturbed = await madeAndTold(await interrupted([]));
    for (let commits = 2; commits < 14; commits += 3) {
      const kill: Kill = { commits, lastCommit: 'kept' };
      const made = await madeAndTold(await interrupted([kill, { ...kill, commits: 2 }]));
      if (!made || !undisturbed) throw new Error('There was no run.');
      expect(essenceOf(made)).toEqual(essenceOf(undisturbed));
      expectSound(made);
    }
  }, 60_000);

  it('keeps an image as a value, in the commit of its artifact', async () => {
    const rig = await interrupted([]);
    const made = await madeAndTold(rig);
    const picture = made?.artifacts.find(({ key }) => key === 'picture');
    if (!made || picture?.content.type !== 'image') throw new Error('There is no picture.');
    const shown = await rig.engine.artifact(made.run.id, picture.number);
    expect(shown?.record).toEqual(picture);
    expect(new Uint8Array(shown?.bytes ?? new ArrayBuffer(0))[0]).toBe(0x89);
    expect(await rig.engine.artifact(made.run.id, 99)).toBeUndefined();
  });
});
