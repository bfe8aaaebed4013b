import type { FlowDescription, Problem } from '#domain/engine-api.ts';
import { checkParameters, type ParameterField, type ParameterValue } from '#domain/parameters.ts';
import { withRest, type Draft } from './draft.ts';

/** What is typed for a parameter, beside what its flow says. */
export interface TypedParameter {
  readonly name: string;
  readonly value: string;
  /** As the source has it; absent where a value must be given. */
  readonly was?: string;
  readonly numeric: boolean;
  /** Switched on or off: its value is `true` or `false`. */
  readonly isSwitch?: true;
  /** `at least 1`, `one of a, b` */
  readonly about?: string;
}

/** It has a field of its own. */
const OWN_FIELD = 'threshold';

/** One for each parameter of the flow that has no field of its own. */
export function parameterFields(
  flow: FlowDescription | undefined,
  { edits, rest }: Draft,
): readonly TypedParameter[] {
  return Object.entries(flow?.parameters ?? {})
    .filter(([name]) => name !== OWN_FIELD)
    .map(([name, field]) => {
      const was = field.default === undefined ? undefined : String(field.default);
      const about = rangeOf(field);
      const isSwitch = field.kind === 'boolean' && was !== undefined;
      return {
        name,
        value: edits.parameters?.[name] ?? String(rest.parameters[name] ?? was ?? ''),
        numeric: field.kind === 'number' || field.kind === 'integer',
        ...(was === undefined ? {} : { was }),
        ...(about && !isSwitch ? { about } : {}),
        ...(isSwitch ? { isSwitch } : {}),
      };
    });
}

/** What was typed, as it was typed; nothing is kept of what the source says anyway. */
export function withParameter(
  draft: Draft,
  flow: FlowDescription | undefined,
  name: string,
  text: string,
): Draft {
  const was = flow?.parameters[name]?.default;
  const { [name]: _before, ...others } = draft.edits.parameters ?? {};
  const { [name]: _kept, ...parameters } = draft.rest.parameters;
  const isAsWas = was !== undefined && text.trim() === String(was);
  const typed = isAsWas ? others : { ...others, [name]: text };
  const { parameters: _all, ...edits } = draft.edits;
  const changed = Object.keys(typed).length > 0 ? { ...edits, parameters: typed } : edits;
  return withRest({ ...draft, edits: changed }, { parameters });
}

export interface ReadParameters {
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly problems: readonly Problem[];
}

/** Typed texts as values; before the flow was read they stay texts, and the engine reads them. */
export function readParameters(
  typed: Readonly<Record<string, string>> | undefined,
  flow: FlowDescription | undefined,
): ReadParameters {
  const problems: Problem[] = [];
  const parameters: Record<string, ParameterValue> = {};
  for (const [name, text] of Object.entries(typed ?? {})) {
    const field = flow?.parameters[name];
    if (!field) {
      parameters[name] = text;
      continue;
    }
    const check = checkParameters({ [name]: field }, { [name]: text });
    if (check.ok) Object.assign(parameters, check.parameters);
    else problems.push({ field: name, message: `${check.problems.join('. ')}. ${nextOf(field)}` });
  }
  return { parameters, problems };
}

function rangeOf(field: ParameterField): string | undefined {
  switch (field.kind) {
    case 'choice':
      return field.options.join(', ');
    case 'boolean':
      return 'true or false';
    case 'text':
      return undefined;
    case 'number':
    case 'integer':
      if (field.min !== undefined && field.max !== undefined) return `${field.min} to ${field.max}`;
      return field.min === undefined ? undefined : `from ${field.min}`;
  }
}

const nextOf = (field: ParameterField): string =>
  field.default === undefined ? 'Type another value.' : `Type another, like ${field.default}.`;
