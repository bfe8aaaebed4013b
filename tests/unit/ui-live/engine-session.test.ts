import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FeedMessage } from '#domain/engine-api.ts';
import { FakeEngine } from '#tests/support/fake-engine.ts';
import { plainRequest, scripted } from '#tests/support/recorded.ts';
import { EngineSession } from '#ui/live/engine-session.svelte.ts';
import { RunFollower } from '#ui/live/run-follower.svelte.ts';

describe('the engine of a tab', () => {
  it('is connected once, when it is first asked for', async () => {
    const connect = vi.fn(() => Promise.resolve(new FakeEngine()));
    const session = new EngineSession(connect);
    expect(connect).not.toHaveBeenCalled();
    await Promise.all([session.api(), session.api()]);
    expect(connect).toHaveBeenCalledOnce();
    expect(session.phase).toBe('ready');
    expect(session.status?.role).toBe('leader');
  });

  it('says why it did not start, and can be asked again', async () => {
    const connect = vi
      .fn()
      .mockRejectedValueOnce(new Error('no worker'))
      .mockResolvedValue(new FakeEngine());
    const session = new EngineSession(connect);
    await expect(session.api()).rejects.toThrow('no worker');
    expect([session.phase, session.reason]).toEqual(['failed', 'no worker']);
    await session.api();
    expect([session.phase, session.reason]).toEqual(['ready', undefined]);
  });

  it('after a kill is another one, with the same listeners', async () => {
    const engines = [new FakeEngine(), new FakeEngine()];
    const kill = vi.spyOn(engines[0]!, 'kill');
    const session = new EngineSession(() => Promise.resolve(engines.shift()!));
    const heard: FeedMessage[] = [];
    session.onMessage((message) => heard.push(message));
    await session.api();
    session.kill();
    expect(kill).toHaveBeenCalledOnce();
    const [second] = engines;
    await session.api();
    second?.say({ kind: 'stopped', reason: 'the disk is full' });
    expect(heard).toHaveLength(1);
    expect([session.phase, session.reason]).toEqual(['failed', 'the disk is full']);
  });
});

describe('a follower', () => {
  const frames: (() => void)[] = [];
  const nextFrame = () => frames.splice(0).forEach((frame) => frame());

  beforeEach(() => {
    frames.splice(0);
    vi.stubGlobal('requestAnimationFrame', (callback: () => void) => frames.push(callback));
    vi.stubGlobal('cancelAnimationFrame', () => frames.splice(0));
  });
  afterEach(() => void vi.unstubAllGlobals());

  async function following(until: number) {
    const run = scripted();
    const engine = new FakeEngine();
    let answer = (): void => undefined;
    vi.spyOn(engine.api, 'runHistory').mockReturnValue(
      new Promise((resolve) => (answer = () => resolve(run.history(until)))),
    );
    const session = new EngineSession(() => Promise.resolve(engine));
    await session.api();
    const follower = new RunFollower(session);
    const done = follower.follow(run.id);
    const say = () => {
      for (const cue of run.cues) {
        if (cue.kind === 'event') engine.say({ kind: 'event', event: run.toEvent(cue.body) });
        if (cue.kind === 'line')
          engine.say({ kind: 'lines', flowRunId: run.id, lines: [cue.line] });
      }
    };
    return { run, follower, done, answer: () => answer(), say };
  }

  it('misses nothing of what the feed brings while the history is read, and takes nothing twice', async () => {
    const { run, follower, done, answer, say } = await following(300);
    await Promise.resolve();
    say();
    answer();
    await done;
    const whole = run.history();
    expect(follower.run?.events).toEqual(whole.events);
    expect(follower.run?.logs).toHaveLength(
      whole.lines.filter(({ kind }) => kind === 'log').length,
    );
    expect(follower.run?.view.state.name).toBe('Completed');
  });

  it('takes what arrives later once a frame', async () => {
    const { run, follower, done, answer, say } = await following(0);
    answer();
    await done;
    const before = follower.run;
    say();
    expect(follower.run).toBe(before);
    expect(frames).toHaveLength(1);
    nextFrame();
    expect(follower.run?.view).toEqual(
      expect.objectContaining({ lastSeq: run.history().events.length }),
    );
  });

  it('says that a run is not there', async () => {
    const session = new EngineSession(() => Promise.resolve(new FakeEngine()));
    const follower = new RunFollower(session);
    await follower.follow(scripted({ ...plainRequest }).id);
    expect(follower.phase).toBe('missing');
  });
});
