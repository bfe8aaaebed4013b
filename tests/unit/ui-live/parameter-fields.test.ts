import { describe, expect, it } from 'vitest';
import type { FlowDescription } from '#domain/engine-api.ts';
import { chipsOf } from '#ui/live/chips.ts';
import { differences } from '#ui/live/differences.ts';
import { EMPTY_DRAFT, readDraft, withRest } from '#ui/live/draft.ts';
import { parameterFields, withParameter } from '#ui/live/parameter-fields.ts';
import { shownFields } from '#ui/live/run-settings.ts';

const FLOW: FlowDescription = {
  name: 'drift-check',
  parameters: {
    threshold: { kind: 'number', default: 0.9 },
    dataset: { kind: 'text', default: 'reviews' },
    days: { kind: 'integer', default: 3, min: 1 },
    mode: { kind: 'choice', options: ['fast', 'exact'] },
  },
  tasks: [{ name: 'measure', options: {} }],
} as never;

const typed = (name: string, text: string) => withParameter(EMPTY_DRAFT, FLOW, name, text);

describe('parameters of a flow in the Lab', () => {
  it('have a field each, but for the one with a field of its own', () => {
    expect(parameterFields(FLOW, EMPTY_DRAFT)).toEqual([
      { name: 'dataset', value: 'reviews', was: 'reviews', numeric: false },
      { name: 'days', value: '3', was: '3', numeric: true, about: 'from 1' },
      { name: 'mode', value: '', numeric: false, about: 'fast, exact' },
    ]);
  });

  it('are sent as what they are when they were changed', () => {
    expect(readDraft(typed('days', '5'), FLOW)).toMatchObject({
      ok: true,
      scenario: { parameters: { days: 5 } },
    });
    expect(typed('days', ' 3 ')).toEqual(EMPTY_DRAFT);
  });

  it('keep what was typed though it is wrong, and say what is wrong', () => {
    const draft = typed('days', '0');
    expect(parameterFields(FLOW, draft)[1]?.value).toBe('0');
    expect(readDraft(draft, FLOW)).toEqual({
      ok: false,
      problems: [{ field: 'days', message: 'days: 0 is below 1. Type another, like 3.' }],
    });
  });

  it('from a link stand in their fields, and can be changed there', () => {
    const linked = withRest(EMPTY_DRAFT, { parameters: { days: 7 } });
    expect(parameterFields(FLOW, linked)[1]?.value).toBe('7');
    const changed = withParameter(linked, FLOW, 'days', '8');
    expect(readDraft(changed, FLOW)).toMatchObject({ scenario: { parameters: { days: 8 } } });
    expect(withParameter(linked, FLOW, 'days', '3')).toEqual(EMPTY_DRAFT);
  });

  it('are told among the differences only where they have no field', () => {
    const draft = withRest(EMPTY_DRAFT, { parameters: { days: 7, other: 1 } });
    const shown = { parameters: ['days'], chips: chipsOf(FLOW, false) };
    expect(differences(draft, {} as never, shown).map(({ text }) => text)).toEqual([
      'parameter other = 1',
    ]);
  });
});

describe('settings and faults of the first flow', () => {
  it('are there where the flow has what they are about', () => {
    expect(shownFields(FLOW, false, {})).toEqual(['threshold', 'seed']);
    expect(shownFields(undefined, true, {}).length).toBe(4);
    expect(shownFields(undefined, false, {})).toEqual(['seed']);
    expect(shownFields(FLOW, false, { extractRetries: '1' })).toContain('extractRetries');
    expect(chipsOf(FLOW, false)).toEqual([]);
    expect(chipsOf(undefined, true).length).toBe(5);
  });

  it('are switched where they are true or false, and typed where the flow gives neither', () => {
    const flow = {
      name: 'nightly',
      tasks: [],
      parameters: {
        onlyIfBetter: { kind: 'boolean', default: false },
        dryRun: { kind: 'boolean' },
      },
    } as const;
    expect(parameterFields(flow, EMPTY_DRAFT)).toEqual([
      { name: 'onlyIfBetter', value: 'false', was: 'false', numeric: false, isSwitch: true },
      { name: 'dryRun', value: '', numeric: false, about: 'true or false' },
    ]);
    const on = withParameter(EMPTY_DRAFT, flow, 'onlyIfBetter', 'true');
    expect(parameterFields(flow, on)[0]?.value).toBe('true');
  });
});
