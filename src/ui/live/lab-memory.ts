import { parseLinkJson, toWire } from '#domain/link.ts';
import type { TextStore } from './browser-storage.ts';
import { EMPTY_DRAFT, type Draft } from './draft.ts';
import type { SettingsEdits } from './run-settings.ts';

/** What the Lab of this tab held before a reload. */
export interface LabMemory {
  readonly draft: Draft;
  /** Absent: the built-in text. */
  readonly source?: string;
  /** Edited sources of the other built-in flows, by their id. */
  readonly sources?: Readonly<Record<string, string>>;
  readonly fromLink: boolean;
}

const KEY = 'lab';

export function saveLab(store: TextStore, { draft, source, sources, fromLink }: LabMemory): void {
  const rest = JSON.stringify(toWire(draft.rest));
  store.set(KEY, JSON.stringify({ edits: draft.edits, rest, source, sources, fromLink }));
}

/** Undefined when nothing was kept, or nothing readable. */
export function loadLab(store: TextStore): LabMemory | undefined {
  const kept = parseRecord(store.get(KEY));
  if (!kept) return undefined;
  const rest = parseLinkJson(String(kept['rest']));
  const source = kept['source'];
  const sources = textsOf(kept['sources']);
  return {
    draft: { edits: parseEdits(kept['edits']), rest: rest.ok ? rest.scenario : EMPTY_DRAFT.rest },
    ...(typeof source === 'string' ? { source } : {}),
    ...(sources ? { sources } : {}),
    fromLink: kept['fromLink'] === true,
  };
}

function parseEdits(value: unknown): SettingsEdits {
  const given = isRecord(value) ? value : {};
  const fields = ['threshold', 'seed', 'extractRetries', 'extractDelay'] as const;
  const texts = fields.flatMap((field) => {
    const text = given[field];
    return typeof text === 'string' ? [[field, text] as const] : [];
  });
  const parameters = textsOf(given['parameters']);
  return { ...Object.fromEntries(texts), ...(parameters ? { parameters } : {}) };
}

/** Undefined where nothing of it is text. */
function textsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  const texts = Object.entries(isRecord(value) ? value : {}).flatMap(([name, text]) =>
    typeof text === 'string' ? [[name, text] as const] : [],
  );
  return texts.length > 0 ? Object.fromEntries(texts) : undefined;
}

function parseRecord(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
