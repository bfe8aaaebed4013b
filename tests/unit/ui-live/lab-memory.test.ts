import { describe, expect, it } from 'vitest';
import { textStore, type TextStore } from '#ui/live/browser-storage.ts';
import { toggleChip } from '#ui/live/chips.ts';
import { EMPTY_DRAFT } from '#ui/live/draft.ts';
import { loadLab, saveLab } from '#ui/live/lab-memory.ts';

function memoryStore(entries: Record<string, string> = {}): TextStore {
  const map = new Map(Object.entries(entries));
  return {
    get: (key) => map.get(key),
    set: (key, value) => {
      if (value === undefined) map.delete(key);
      else map.set(key, value);
    },
  };
}

describe('the Lab of a tab', () => {
  it('is after a reload what it was before', () => {
    const store = memoryStore();
    const draft = {
      ...toggleChip(EMPTY_DRAFT, 'train-hang'),
      edits: { threshold: '1.5', seed: 'x', parameters: { days: '0' } },
    };
    const sources = { 'drift-check': 'also edited' };
    const kept = { draft, source: 'edited', sources, fromLink: true };
    saveLab(store, kept);
    expect(loadLab(store)).toEqual(kept);
  });

  it('begins anew when nothing readable was kept', () => {
    expect(loadLab(memoryStore())).toBeUndefined();
    expect(loadLab(memoryStore({ lab: 'no json' }))).toBeUndefined();
    expect(loadLab(memoryStore({ lab: '7' }))).toBeUndefined();
    expect(loadLab(memoryStore({ lab: '{"edits":{"seed":3,"evil":"x"},"rest":"{"}' }))).toEqual({
      draft: EMPTY_DRAFT,
      fromLink: false,
    });
  });

  it('works in a browser that refuses to store anything', () => {
    const refuses = textStore(() => {
      throw new Error('SecurityError');
    }, 'https://example.org/nightshift/');
    saveLab(refuses, { draft: EMPTY_DRAFT, fromLink: false });
    expect(loadLab(refuses)).toBeUndefined();
  });
});
