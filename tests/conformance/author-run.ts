import { beforeEach, expect } from 'vitest';
import type { RunRequest } from '#domain/engine-api.ts';
import type { LogLevel, LogLine } from '#domain/lines.ts';
import type { SourceFile } from '#domain/records.ts';
import type { RunView, TaskRunView } from '#domain/run-view.ts';
import type { VirtualClock } from '#tests/support/virtual-clock.ts';
import { suspendedRig } from '#tests/support/suspension.ts';
import { isAlwaysSuspended } from './undisturbed.ts';
import { rigFor, taskRunIn, type EngineRig, type RigOptions } from '#tests/support/engine-rig.ts';

/**
 * What stands in front of each flow source here. Its `setTimeout` is the clock of the rig, so that work takes time and
 * no test waits.
 */
const PRELUDE = `
import {
  allowFailure, boolean, Cancelled, Completed, context, exponentialBackoff, Failed, flow, integer, logger, number,
  Paused, sleep, task, text, unmapped,
  DEFAULT, FLOW_PARAMETERS, INPUTS, NO_CACHE, RUN_ID, TASK_SOURCE,
  Interrupt, transaction,
  pause,
} from 'nightshift';
import { artifact, checkpoint, emitEvent } from 'nightshift';
class ValueError extends Error { name = 'ValueError'; }
const setTimeout = (callback, ms) => globalThis.rigTimeout(callback, ms);
const work = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
`;

const flowSource = (text: string): readonly SourceFile[] => [
  { name: 'flow.ts', text: PRELUDE + text },
];

// A case that asserts nothing would count as one that holds.
beforeEach(() => expect.hasAssertions());

/** An engine that has the flow; nothing is started. */
export async function engineWith(text: string, options: RigOptions = {}): Promise<EngineRig> {
  const rig = await rigOf(flowSource(text), options);
  giveTime(rig.clock);
  return rig;
}

async function rigOf(files: readonly SourceFile[], options: RigOptions): Promise<EngineRig> {
  if (!isAlwaysSuspended()) return rigFor(files, options);
  return (await suspendedRig(files, options)).rig;
}

function giveTime(clock: VirtualClock): void {
  const rigTimeout = (callback: () => void, ms: number) => clock.at(clock.now() + ms, callback);
  Object.assign(globalThis, { rigTimeout });
}

/** Runs the flow to its end. */
export async function runOf(text: string, request: Partial<RunRequest> = {}): Promise<AuthorRun> {
  const rig = await engineWith(text);
  return endOf(rig, await rig.start(request));
}

export async function endOf(
  rig: EngineRig,
  id: Awaited<ReturnType<EngineRig['start']>>,
): Promise<AuthorRun> {
  const view = await rig.finish(id);
  const history = await rig.engine.runHistory(id);
  const lines = history?.lines.filter((line): line is LogLine => line.kind === 'log');
  return new AuthorRun(rig, view, lines ?? []);
}

/** A run that has ended, and what it said. */
export class AuthorRun {
  readonly rig: EngineRig;
  readonly view: RunView;
  readonly lines: readonly LogLine[];

  constructor(rig: EngineRig, view: RunView, lines: readonly LogLine[]) {
    this.rig = rig;
    this.view = view;
    this.lines = lines;
  }

  task(name: string): TaskRunView {
    return taskRunIn(this.view, name);
  }

  /** What the flow run itself said after its begin, its body included. */
  get flowMessages(): readonly string[] {
    const messages = this.#messagesOf(`Flow run '${this.view.created.name}'`);
    return messages.filter((message) => !message.startsWith('Beginning flow run'));
  }

  taskMessages(name: string, level?: LogLevel): readonly string[] {
    return this.#messagesOf(`Task run '${name}'`, level);
  }

  /** How often a body that says `called` was entered. */
  get calls(): number {
    return this.lines.filter(({ message }) => message === 'called').length;
  }

  #messagesOf(logger: string, level?: LogLevel): readonly string[] {
    return this.lines
      .filter((line) => line.logger === logger && (level === undefined || line.level === level))
      .map(({ message }) => message);
  }
}

/** How long each wait for a retry was. */
export const waitSeconds = ({ waits }: TaskRunView): readonly number[] =>
  waits.map(({ from, endedAt = NaN }) => (endedAt - from) / 1000);

export const attemptStates = ({ attempts }: TaskRunView): readonly string[] =>
  attempts.map(({ state }) => state.name);
