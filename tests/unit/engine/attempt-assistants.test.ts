import { describe, expect, it } from 'vitest';
import type { HostReply } from '#domain/host-api.ts';
import type { Script, ScriptedAttempt } from '#tests/support/scripted-workers.ts';
import { scriptedRig, statesOf, taskRunIn } from '#tests/support/engine-rig.ts';
import { openTask } from '#tests/support/one-task-flow.ts';

/** What the engine answered, and what the worker at the other end of the port said: '' when there is none. */
async function askForAssistant(attempt: ScriptedAttempt) {
  const { port1, port2 } = new MessageChannel();
  const heard = new Promise<string>((resolve) => {
    port1.addEventListener('message', ({ data }) => resolve(String(data)));
    port1.addEventListener('close', () => resolve(''));
    port1.start();
  });
  const reply = await attempt.ask({ method: 'openAssistant', port: port2 }, [port2]);
  return { reply, heard: await heard };
}

const valueOf = (reply: HostReply): unknown => (reply.ok ? reply.value : reply.failure);
const only = (script: Script) => script.attempt('extract-0', 1);

describe('an assistant of an attempt', () => {
  it('is a worker of the same program at the other end of the port', async () => {
    const { rig, script } = await openTask();
    await rig.start();
    const { opened } = rig.workers;
    const { reply, heard } = await askForAssistant(only(script));
    expect([valueOf(reply), heard]).toEqual([true, 'an assistant is here']);
    expect(rig.workers.opened).toBe(opened + 1);
  });

  it('is there once on a machine with two processors, and takes no place', async () => {
    const { rig, script } = await openTask({}, { poolSize: 1 });
    await rig.start();
    expect(valueOf((await askForAssistant(only(script))).reply)).toBe(true);
    const second = await askForAssistant(only(script));
    expect([valueOf(second.reply), second.heard]).toEqual([false, '']);
  });

  it('is not there while another attempt waits for a place', async () => {
    const { rig, script } = await scriptedRig(
      {
        tasks: { extract: {} },
        body: (flow) => Promise.all([flow.call('extract'), flow.call('extract')]),
      },
      { poolSize: 1 },
    );
    const id = await rig.start();
    expect(valueOf((await askForAssistant(only(script))).reply)).toBe(false);
    only(script).returns(1);
    await rig.clock.settle();
    expect(valueOf((await askForAssistant(script.attempt('extract-1', 1))).reply)).toBe(true);
    script.attempt('extract-1', 1).returns(2);
    expect((await rig.finish(id)).state.name).toBe('Completed');
  });

  it('that does not start leaves the attempt to go on alone', async () => {
    const { rig, script } = await openTask();
    const id = await rig.start();
    rig.workers.refusal = { kind: 'lost', cause: 'worker did not start' };
    const { reply, heard } = await askForAssistant(only(script));
    expect([valueOf(reply), heard]).toEqual([false, '']);
    only(script).returns(1);
    expect((await rig.finish(id)).state.name).toBe('Completed');
  });

  it.each([
    ['returns', (attempt: ScriptedAttempt) => attempt.returns(1), 'Completed'],
    ['throws', (attempt: ScriptedAttempt) => attempt.throws('no'), 'Failed'],
    ['dies', (attempt: ScriptedAttempt) => attempt.dies(), 'Recovering'],
  ] as const)('ends with an attempt that %s', async (_how, end, state) => {
    const { rig, script } = await openTask({}, { poolSize: 1 });
    const id = await rig.start();
    const others = [...rig.workers.alive];
    await askForAssistant(only(script));
    const [assistant] = [...rig.workers.alive].filter((worker) => !others.includes(worker));
    expect(assistant?.isAlive).toBe(true);
    end(only(script));
    await rig.clock.settle();
    expect(assistant?.isAlive).toBe(false);
    expect(statesOf(taskRunIn(await rig.view(id), 'extract-0'))).toContain(state);
  });

  it('ends with an attempt that is cancelled or takes too long', async () => {
    const slow = await openTask({ timeoutSeconds: 5 });
    const timedOut = await slow.rig.start();
    await askForAssistant(only(slow.script));
    await slow.rig.finish(timedOut);
    expect(slow.rig.workers.alive.size).toBe(0);
    const stopped = await openTask();
    const cancelled = await stopped.rig.start();
    await askForAssistant(only(stopped.script));
    await stopped.rig.engine.cancelRun(cancelled, 'not needed');
    await stopped.rig.clock.settle();
    expect(stopped.rig.workers.alive.size).toBe(0);
  });

  it('is free for the next attempt when one has ended', async () => {
    const { rig, script } = await openTask({ retries: 1 }, { poolSize: 1 });
    await rig.start();
    expect(valueOf((await askForAssistant(only(script))).reply)).toBe(true);
    only(script).throws('no');
    await rig.clock.settle();
    const again = await askForAssistant(script.attempt('extract-0', 2));
    expect(valueOf(again.reply)).toBe(true);
  });
});
