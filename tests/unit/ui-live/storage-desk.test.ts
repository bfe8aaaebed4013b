import { describe, expect, it, vi } from 'vitest';
import type { StateImport } from '#domain/engine-api.ts';
import { FakeEngine } from '#tests/support/fake-engine.ts';
import { storageSentence } from '#ui/layout/storage-words.ts';
import { EngineSession } from '#ui/live/engine-session.svelte.ts';
import { StorageDesk } from '#ui/live/storage-desk.svelte.ts';

function deskOver(engine = new FakeEngine()) {
  const session = new EngineSession(() => Promise.resolve(engine));
  const save = vi.fn();
  const onLoaded = vi.fn(async () => undefined);
  const now = () => Date.UTC(2026, 10, 2, 23);
  return { engine, save, onLoaded, desk: new StorageDesk({ session, save, onLoaded, now }) };
}

const file = new File([new Uint8Array([1, 2])], 'some.nightshift-state');

describe('the storage desk', () => {
  it('knows what is kept once it was looked at, and after runs were removed', async () => {
    const { desk, engine } = deskOver();
    await desk.look();
    expect(desk.use?.runs).toBe(0);
    const use = vi.spyOn(engine.api, 'storageUse');
    engine.say({ kind: 'runs removed', removing: 3 });
    expect([desk.removing, use.mock.calls.length]).toEqual([3, 0]);
    engine.say({ kind: 'runs removed', removing: 0 });
    await vi.waitFor(() => expect(use).toHaveBeenCalledOnce());
  });

  it('says how many runs it deleted, or why it did not', async () => {
    const { desk, engine } = deskOver();
    vi.spyOn(engine.api, 'retain')
      .mockResolvedValueOnce({ ok: true, runs: 1200 })
      .mockResolvedValueOnce({ ok: true, runs: 0 })
      .mockResolvedValueOnce({ ok: false, reason: 'Another tab leads.' })
      .mockRejectedValueOnce(new Error('the worker is gone'));
    const said = [];
    for (let i = 0; i < 4; i++) {
      await desk.delete(1200);
      said.push(desk.said);
    }
    expect(said).toEqual([
      { text: '1,200 runs deleted.', failed: false },
      { text: 'There was nothing to delete.', failed: false },
      { text: 'Another tab leads.', failed: true },
      { text: 'the worker is gone', failed: true },
    ]);
    expect(desk.work).toBeUndefined();
  });

  it('says what is kept from now on', async () => {
    const { desk } = deskOver();
    await desk.keep({ keepRuns: 1000 });
    expect(desk.said?.text).toBe('The newest 1,000 runs are kept from now on.');
    await desk.keep({});
    expect(desk.said?.text).toBe('All runs are kept.');
  });

  it('hands over everything as a file that is named after the day', async () => {
    const { desk, save } = deskOver();
    await desk.download();
    const [name, bytes] = save.mock.calls[0] ?? [];
    expect(name).toBe('nightshift-2026-11-02.nightshift-state');
    expect(bytes).toBeInstanceOf(ArrayBuffer);
  });

  it('loads a file; where runs are already it asks first', async () => {
    const { desk, engine, onLoaded } = deskOver();
    const answers: StateImport[] = [
      { ok: false, reason: 'This browser holds 2 runs already.', holdsRuns: true },
      { ok: true, runs: 3, skipped: 5 },
    ];
    const load = vi.spyOn(engine.api, 'importState').mockImplementation(async () => {
      const [answer] = answers.splice(0, 1);
      if (!answer) throw new Error('Asked too often.');
      return answer;
    });
    await desk.load(file);
    expect(desk.toAdd?.reason).toBe('This browser holds 2 runs already.');
    expect([desk.said, onLoaded.mock.calls.length]).toEqual([undefined, 0]);
    await desk.load(file, true);
    expect(load.mock.calls.map(([, options]) => options?.add)).toEqual([false, true]);
    expect(desk.toAdd).toBeUndefined();
    expect(desk.said).toEqual({ text: '3 runs came with the file.', failed: false });
    expect(onLoaded).toHaveBeenCalledOnce();
  });

  it('forgets the file that was not to be added, and says why another is refused', async () => {
    const { desk, engine, onLoaded } = deskOver();
    vi.spyOn(engine.api, 'importState')
      .mockResolvedValueOnce({ ok: false, reason: 'It holds runs.', holdsRuns: true })
      .mockResolvedValueOnce({ ok: false, reason: 'This file is cut off.' });
    await desk.load(file);
    desk.dismiss();
    expect(desk.toAdd).toBeUndefined();
    await desk.load(file);
    expect(desk.said).toEqual({ text: 'This file is cut off.', failed: true });
    expect(onLoaded).not.toHaveBeenCalled();
  });
});

describe('what is kept, in words', () => {
  const use = { runs: 34, removing: 0, policy: {} };

  it('says what the browser says, and no more', () => {
    const room = { usedBytes: 12_300_000, quotaBytes: 10_737_418_240 };
    expect(storageSentence({ ...use, ...room }, false)).toBe('34 runs, 12.3 MB of 10.7 GB used');
    expect(storageSentence({ ...use, usedBytes: 12 }, false)).toBe('34 runs, 12 B used');
    expect(storageSentence({ ...use, runs: 1 }, false)).toBe('1 run');
    expect(storageSentence({ ...use, ...room }, true)).toBe('34 runs, only until this tab closes');
  });
});
