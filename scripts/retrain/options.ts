import { parseArgs } from 'node:util';
import { BadFault, parseFault, type Fault } from '#domain/faults.ts';
import { Refusal } from '#scripts/refusal.mjs';

export const USAGE = `Usage: npm run retrain -- [options]

  --flow ID       one of the built-in flows (default retrain-sentiment)
  --seed N        seed of the run, a whole number (default 7)
  --threshold X   accuracy the gate asks for, 0 to 1 (default: the flow's own)
  --fault SPEC    break something on purpose: task:attempts[:throw|hang|crash@0.4|flip-labels],
                  attempts as 1-2 or 1,3; may be given several times
  --json          print the run as one JSON object on the last line
  --help          show this text

Exits with 0 when the flow run ends Completed (also when the gate rejects the model), else with 1.`;

export interface Options {
  readonly flow: string | undefined;
  readonly seed: number | undefined;
  readonly threshold: number | undefined;
  readonly faults: readonly Fault[];
  readonly json: boolean;
  readonly help: boolean;
}

/** @throws Refusal saying what is wrong, and how it is written */
export function readOptions(words: string[]): Options {
  try {
    const { flow, seed, threshold, fault, json, help } = parse(words);
    return {
      flow,
      seed: wholeNumber('seed', seed),
      threshold: number('threshold', threshold),
      faults: fault.map(parseFault),
      json,
      help,
    };
  } catch (error) {
    if (error instanceof BadFault || error instanceof BadOption || isParseError(error))
      throw new Refusal(`${error.message}\n\n${USAGE}`);
    throw error;
  }
}

class BadOption extends Error {}

const parse = (args: string[]) =>
  parseArgs({
    args,
    options: {
      flow: { type: 'string' },
      seed: { type: 'string' },
      threshold: { type: 'string' },
      fault: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;

const isParseError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');

/** What is no number gets no further; its range is checked by the engine, which knows the flow. */
function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value)) throw new BadOption(`--${name} ${text} is not a number.`);
  return value;
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  const value = number(name, text);
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0))
    throw new BadOption(`--${name} ${value} is not a whole number from 0 up.`);
  return value;
}
