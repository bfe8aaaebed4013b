import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { upcastEvent, type NightshiftEvent } from '#domain/events.ts';
import { runStream } from '#domain/ids.ts';
import type { Line } from '#domain/lines.ts';
import { foldRunEvents, type RunView } from '#domain/run-view.ts';
import type { EngineRig } from './engine-rig.ts';

/** What a run left, and what the version that recorded it made of it. */
export interface History {
  /** As stored: of whichever version wrote them. */
  readonly events: readonly NightshiftEvent[];
  readonly lines: readonly Line[];
  readonly view: RunView;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = new URL('../fixtures/histories/', import.meta.url);
const fileOf = (name: string): string => fileURLToPath(new URL(`${name}.json`, folder));

export const historyNames = (): readonly string[] =>
  readdirSync(folder).map((file) => file.replace(/\.json$/, ''));

export const readHistory = (name: string): History =>
  JSON.parse(readFileSync(fileOf(name), 'utf8')) as History;

/** Writes a history that is not there yet. What was recorded once is never written again: it is what old stores hold. */
export function recordHistory(name: string, { events, lines }: Omit<History, 'view'>): void {
  const file = fileOf(name);
  if (existsSync(file)) return;
  const view = foldHistory(events);
  const parts = [
    `"events":${rows(events)}`,
    `"lines":${rows(lines)}`,
    `"view":${JSON.stringify(view)}`,
  ];
  // Stacks of runs in process name files of this project: where it lies is nobody's business.
  writeFileSync(file, `{\n${parts.join(',\n').replaceAll(root, '')}\n}\n`);
}

export function foldHistory(events: readonly NightshiftEvent[]): RunView {
  const view = foldRunEvents(events.map(upcastEvent));
  if (!view) throw new Error('A history begins with the creation of its run.');
  return view;
}

export async function historyOf(
  rig: EngineRig,
  { created }: RunView,
): Promise<Omit<History, 'view'>> {
  const events = await rig.store.events(runStream(created.flowRunId));
  const chunks = await rig.store.linesOf(created.flowRunId);
  return { events, lines: chunks.flatMap(({ lines }) => lines) };
}

/** One to a line, so that a difference can be read. */
const rows = (records: readonly unknown[]): string =>
  `[\n${records.map((record) => JSON.stringify(record)).join(',\n')}\n]`;
