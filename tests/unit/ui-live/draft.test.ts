import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SCENARIO } from '#domain/scenario.ts';
import { CHIPS, isOn, toggleChip } from '#ui/live/chips.ts';
import { draftOf, EMPTY_DRAFT, readDraft } from '#ui/live/draft.ts';

const on = (...ids: string[]) => ids.reduce(toggleChip, EMPTY_DRAFT);
const lit = (draft: typeof EMPTY_DRAFT) =>
  CHIPS.filter((chip) => isOn(chip, draft)).map((chip) => chip.id);

describe('a chip that breaks something', () => {
  it('puts exactly its fault into the run', () => {
    expect(readDraft(on('train-crash'), undefined)).toEqual({
      ok: true,
      scenario: {
        ...DEFAULT_SCENARIO,
        faults: [{ task: 'train', attempts: [1], effect: { kind: 'crash', at: 0.4 } }],
      },
    });
  });

  it('brings the timeout that its hang runs into, and takes it away again', () => {
    expect(on('train-hang').rest.overrides).toEqual({ train: { timeoutSeconds: 3 } });
    expect(on('train-hang', 'train-hang')).toEqual(EMPTY_DRAFT);
    expect(on('train-hang', 'train-crash').rest.overrides).toEqual({});
  });

  it('switches off what strikes the same attempt', () => {
    expect(lit(on('extract-1', 'extract-1-2'))).toEqual(['extract-1-2']);
    expect(lit(on('extract-1-2', 'extract-1'))).toEqual(['extract-1']);
    expect(lit(on('train-crash', 'train-hang'))).toEqual(['train-hang']);
  });

  it('lets a failing source and poisoned data go together, the failure first', () => {
    const draft = on('flip-labels', 'extract-1-2', 'train-crash');
    expect(lit(draft)).toEqual(['extract-1-2', 'train-crash', 'flip-labels']);
    expect(draft.rest.faults.map((fault) => fault.effect.kind)).toEqual([
      'throw',
      'crash',
      'flip-labels',
    ]);
  });

  it('is back where it was after two presses', () => {
    const ids = fc.constantFrom(...CHIPS.map((chip) => chip.id));
    fc.assert(
      fc.property(ids, (id) => {
        expect(on(id, id)).toEqual(EMPTY_DRAFT);
      }),
    );
  });
});

describe('a scenario in the Lab', () => {
  const scenario = {
    flowId: 'retrain-sentiment',
    parameters: { threshold: 0.8, other: true },
    overrides: {
      extract: { retries: 1, retryDelaySeconds: [1, 2], timeoutSeconds: 9 },
      train: { timeoutSeconds: 3 },
    },
    faults: [{ task: 'evaluate', attempts: [1], effect: { kind: 'throw' } }],
    seed: 12,
    arrivalDay: 40,
    view: { task: 'train' },
  } as const;

  it('becomes fields, and comes back unchanged', () => {
    const draft = draftOf(scenario);
    expect(draft.edits).toEqual({
      threshold: '0.8',
      seed: '12',
      extractRetries: '1',
      extractDelay: '1, 2',
    });
    expect(readDraft(draft, undefined)).toEqual({ ok: true, scenario });
  });

  it('without differences is the empty draft', () => {
    expect(draftOf(DEFAULT_SCENARIO)).toEqual(EMPTY_DRAFT);
  });
});
