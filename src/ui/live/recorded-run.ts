import type { RunHistory } from '#domain/engine-api.ts';

/** Undefined when the text is not a recorded run. It is ours: only its outline is looked at. */
export function parseRecorded(text: string): RunHistory | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && isHistory(value['history']) ? value['history'] : undefined;
  } catch {
    return undefined;
  }
}

function isHistory(value: unknown): value is RunHistory {
  if (!isRecord(value) || !isRecord(value['record'])) return false;
  return ['events', 'lines', 'files'].every((key) => Array.isArray(value[key]));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
