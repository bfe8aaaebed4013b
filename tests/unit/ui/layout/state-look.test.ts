import { describe, expect, it } from 'vitest';
import * as states from '#domain/states.ts';
import { STATE_ICONS } from '#ui/layout/state-icons.ts';
import { stateLook } from '#ui/layout/state-look.ts';

const all = [
  states.awaitingRetry(),
  states.pending(),
  states.notReady(''),
  states.running(),
  states.completed(),
  states.completed('Cached'),
  states.completed('Promoted'),
  states.completed('Rejected'),
  states.failed(''),
  states.timedOut(''),
  { type: 'CRASHED', name: 'Crashed' } as const,
  states.cancelled(),
  states.paused(),
];

describe('the look of a state', () => {
  it('of no state is Not started', () =>
    expect(stateLook(undefined)).toMatchObject({ word: 'Not started', icon: 'circle' }));

  it('tells states apart by word and icon, not by colour alone', () => {
    const looks = [stateLook(undefined), ...all.map(stateLook)];
    expect(new Set(looks.map(({ word }) => word)).size).toBe(looks.length);
    expect(new Set(looks.map(({ icon }) => icon)).size).toBe(looks.length);
  });

  it('tells states of one colour apart by pattern', () => {
    const failed = [
      states.failed(''),
      states.timedOut(''),
      { type: 'CRASHED', name: 'Crashed' } as const,
    ].map(stateLook);
    expect(new Set(failed.map(({ tone }) => tone))).toEqual(new Set(['failed']));
    expect(new Set(failed.map(({ pattern }) => pattern)).size).toBe(3);
  });

  it('keeps the word of a state that only its author knows', () =>
    expect(stateLook(states.completed('Skipped'))).toMatchObject({
      word: 'Skipped',
      icon: 'check',
      tone: 'success',
    }));

  it('of a task run that a paused flow run holds is not that of one which never gets ready', () => {
    expect(stateLook(states.held())).toMatchObject({ word: 'NotReady', icon: 'pause' });
    expect(stateLook(states.notReady(''))).toMatchObject({ word: 'NotReady', icon: 'unlink' });
    expect(stateLook(states.suspended())).toMatchObject({ word: 'Suspended', icon: 'pause' });
  });

  it('has a picture for every icon', () => {
    for (const paths of Object.values(STATE_ICONS))
      expect(paths.stroke ?? paths.fill).toMatch(/^M/);
  });
});
