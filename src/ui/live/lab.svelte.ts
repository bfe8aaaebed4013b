import type { FeedMessage, FlowDescription, Problem, RunRequest } from '#domain/engine-api.ts';
import type { FlowRunId } from '#domain/ids.ts';
import type { OriginRequest } from '#domain/origin.ts';
import type { SourceFile } from '#domain/records.ts';
import { DEFAULT_SCENARIO, type Scenario } from '#domain/scenario.ts';
import type { RunSettingsValues } from '#ui/layout/run-settings.ts';
import type { TextStore } from './browser-storage.ts';
import { FIRST_FAULT, isOn, CHIPS, toggleChip, withoutFault } from './chips.ts';
import type { Connectors } from './connections.ts';
import { draftOf, EMPTY_DRAFT, readDraft, withoutOverride, withRest, type Draft } from './draft.ts';
import { reasonOf, type EngineSession } from './engine-session.svelte.ts';
import { FLOW_CHOICES } from './flow-choices.ts';
import { loadLab, saveLab } from './lab-memory.ts';
import { parameterFields, withParameter } from './parameter-fields.ts';
import { editsOf, settingsDefaults, shownFields } from './run-settings.ts';
import type { Settings } from './settings.svelte.ts';
import type { ShownRun } from './shown-run.svelte.ts';

const CHECK_AFTER_MS = 400;

interface LabParts {
  readonly session: EngineSession;
  readonly shown: ShownRun;
  readonly settings: Settings;
  readonly memory: TextStore;
  readonly builtIn: Connectors['builtInFlow'];
  readonly flowSources: Connectors['flowSources'];
}

export interface LabOrigin {
  readonly origin: OriginRequest;
  readonly name: string;
  /** Its source: under another nothing is reused. */
  readonly files: readonly SourceFile[];
}

/** What the reader is about to run: source, settings and what is broken on purpose. */
export class Lab {
  source = $state('');
  draft = $state.raw<Draft>(EMPTY_DRAFT);
  /** As the engine read the newest source that it could read. */
  flow = $state.raw<FlowDescription>();
  /** The source that `flow` describes. */
  checkedSource = $state<string>();
  sourceProblems = $state.raw<readonly Problem[]>([]);
  runProblems = $state.raw<readonly Problem[]>([]);
  /** Why the last press of Run started nothing. */
  refusal = $state<string>();
  starting = $state(false);
  /** The finished run that the next one is made from. */
  origin = $state.raw<LabOrigin>();
  /** The settings came from a link and were not changed since. */
  fromLink = $state(false);
  /** Waits for the run to be under way, to kill the engine in the middle of it. */
  killing = $state(false);
  /** Texts of the built-in flows that were fetched, by id. */
  #texts = $state.raw<Readonly<Record<string, string>>>({});
  /** Edited sources of the flows that are not chosen, by id. */
  #others: Readonly<Record<string, string>> = {};
  readonly #parts: LabParts;
  #checkTimer: ReturnType<typeof setTimeout> | undefined;
  #checking = false;

  defaults = $derived(settingsDefaults(this.flow));
  values = $derived<RunSettingsValues>({ ...this.defaults, ...this.draft.edits });
  reading = $derived(readDraft(this.draft, this.flow));
  settingsProblems = $derived([
    ...(this.reading.ok ? [] : this.reading.problems),
    ...this.runProblems.filter((problem) => problem.field !== undefined),
  ]);
  fields = $derived(shownFields(this.flow, this.isFirstFlow, this.draft.edits));
  parameters = $derived(parameterFields(this.flow, this.draft));
  firstFaultOn = $derived(CHIPS.some((chip) => chip.id === FIRST_FAULT && isOn(chip, this.draft)));

  constructor(parts: LabParts) {
    this.#parts = parts;
    this.#texts = { [parts.builtIn.id]: parts.builtIn.text };
    const kept = loadLab(parts.memory);
    this.draft = kept?.draft ?? this.#firstDraft();
    this.#others = kept?.sources ?? {};
    this.source = kept?.source ?? this.#text ?? '';
    this.fromLink = kept?.fromLink ?? false;
  }

  /** Of the chosen flow; one that this site does not have stands for the first. */
  get flowId(): string {
    const { flowId } = this.draft.rest;
    return FLOW_CHOICES.some(({ id }) => id === flowId) ? flowId : this.#parts.builtIn.id;
  }

  get isFirstFlow(): boolean {
    return this.flowId === this.#parts.builtIn.id;
  }

  /** Another built-in flow, with the settings of its source; the seed stays, and so does what was edited. */
  choose(flowId: string): void {
    if (flowId === this.flowId || !FLOW_CHOICES.some(({ id }) => id === flowId)) return;
    const { seed } = this.draft.edits;
    const fresh = flowId === this.#parts.builtIn.id ? this.#firstDraft() : EMPTY_DRAFT;
    const draft = { edits: seed === undefined ? {} : { seed }, rest: { ...fresh.rest, flowId } };
    this.origin = undefined;
    this.#switchTo(draft);
    this.fromLink = false;
    this.#remember();
  }

  /** Fetches the text of the chosen flow where it is not there yet. */
  async ready(): Promise<void> {
    if (this.#text !== undefined) return;
    const texts = await this.#parts.flowSources();
    this.#texts = { ...texts, ...this.#texts };
    if (this.source === '') this.source = this.#text ?? '';
  }

  get #text(): string | undefined {
    return this.#texts[this.flowId];
  }

  #switchTo(draft: Draft): void {
    const { [draft.rest.flowId]: known, ...others } = this.#others;
    this.#others = this.edited ? { ...others, [this.flowId]: this.source } : others;
    this.draft = draft;
    this.flow = undefined;
    this.checkedSource = undefined;
    this.sourceProblems = [];
    this.source = known ?? this.#text ?? '';
    this.#accepted();
    clearTimeout(this.#checkTimer);
    this.#checkTimer = setTimeout(() => void this.#checkQuietly(), 0);
  }

  get edited(): boolean {
    return this.source !== (this.#text ?? '');
  }

  /** Whether that flow would run with a source that was edited here. */
  editedOf(flowId: string): boolean {
    return flowId === this.flowId ? this.edited : flowId in this.#others;
  }

  get files(): readonly SourceFile[] {
    return [{ name: this.#parts.builtIn.fileName, text: this.source }];
  }

  /** The scenario as far as it can be read; for a link, not for a run. */
  get scenario(): Scenario {
    return this.reading.ok ? this.reading.scenario : this.draft.rest;
  }

  setSource(text: string): void {
    this.source = text;
    this.fromLink = false;
    this.#accepted();
    this.#remember();
    clearTimeout(this.#checkTimer);
    this.#checkTimer = setTimeout(() => void this.#checkQuietly(), CHECK_AFTER_MS);
  }

  resetSource(): void {
    if (this.#text !== undefined) this.setSource(this.#text);
  }

  setValues(values: RunSettingsValues): void {
    const { parameters } = this.draft.edits;
    const edits = { ...editsOf(values, this.defaults), ...(parameters ? { parameters } : {}) };
    this.#change({ ...this.draft, edits });
  }

  setParameter(name: string, text: string): void {
    this.#change(withParameter(this.draft, this.flow, name, text));
  }

  toggle(chip: string): void {
    if (chip === FIRST_FAULT && this.firstFaultOn) this.#parts.settings.finishFirstFault();
    this.#change(toggleChip(this.draft, chip));
  }

  removeFault = (fault: Scenario['faults'][number]): void =>
    this.#change(withoutFault(this.draft, fault));
  removeOverride = (task: string): void => this.#change(withoutOverride(this.draft, task));
  removeParameter = (name: string): void => {
    const { [name]: _gone, ...parameters } = this.draft.rest.parameters;
    this.#change(withRest(this.draft, { parameters }));
  };
  useToday = (): void => {
    const { arrivalDay: _gone, ...rest } = this.draft.rest;
    this.#change({ ...this.draft, rest });
  };

  setOrigin = (origin: LabOrigin | undefined): void => {
    this.origin = origin;
  };

  /** From a link: nothing runs. */
  adopt(scenario: Scenario, fromLink: boolean): void {
    this.origin = undefined;
    const { edits, rest } = draftOf(scenario);
    const isHere = FLOW_CHOICES.some(({ id }) => id === rest.flowId);
    if (isHere && rest.flowId !== this.flowId) this.#switchTo({ edits: {}, rest });
    // Without its source read, what a flow has by itself is not known: then all that is given is an edit.
    const isRead = this.flow !== undefined || this.isFirstFlow;
    this.#change({
      edits: isRead ? editsOf({ ...this.defaults, ...edits }, this.defaults) : edits,
      rest,
    });
    this.fromLink = fromLink;
    this.#remember();
  }

  async check(): Promise<void> {
    await this.ready();
    const { source } = this;
    const check = await (await this.#parts.session.api()).check(this.files);
    if (source !== this.source) return;
    this.sourceProblems = check.ok ? [] : check.problems;
    if (!check.ok) return;
    this.flow = check.flow;
    this.checkedSource = source;
  }

  /** One at a time: a source may hang while it loads. An engine that fails says so in its banner; typing goes on. */
  async #checkQuietly(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    // Or the first look is at a source that is not there yet.
    await this.ready().catch(() => undefined);
    let checked: string | undefined;
    while (checked !== this.source) {
      checked = this.source;
      await this.check().catch(() => undefined);
    }
    this.#checking = false;
  }

  /** Says nothing when it works: the feed shows the run. */
  async run(): Promise<void> {
    if (this.starting || this.#parts.shown.active) return;
    if (!this.reading.ok) return this.#refused(this.reading.problems);
    this.starting = true;
    this.#accepted();
    try {
      await this.ready();
      const api = await this.#parts.session.api();
      const started = await api.startRun(this.#request(this.reading.scenario));
      if (started.ok) await this.#show(started.flowRunId);
      else this.#refused(started.problems);
    } catch (error) {
      this.#refused([{ message: `The run did not start: ${reasonOf(error)}. Reload the page.` }]);
    } finally {
      this.starting = false;
    }
  }

  async cancel(): Promise<void> {
    const { id } = this.#parts.shown.follower;
    if (id) await (await this.#parts.session.api()).cancelRun(id, 'Cancelled by you');
  }

  /** With nothing running it starts a run first: then it is killed in the middle. */
  async killMidRun(): Promise<void> {
    if (this.#parts.shown.active) return this.#kill();
    this.killing = true;
    await this.run();
    this.killing &&= this.refusal === undefined;
  }

  hear(message: FeedMessage): void {
    const underWay =
      message.kind === 'progress' ||
      (message.kind === 'event' &&
        message.event.body.kind === 'task-run.state' &&
        message.event.body.state.name === 'AwaitingRetry');
    if (this.killing && underWay) this.#kill();
  }

  async #show(id: FlowRunId): Promise<void> {
    this.#parts.shown.player.close();
    await this.#parts.shown.follower.follow(id);
  }

  #kill(): void {
    this.killing = false;
    this.#parts.session.kill();
    location.reload();
  }

  #firstDraft(): Draft {
    return this.#parts.settings.firstFaultDone ? EMPTY_DRAFT : toggleChip(EMPTY_DRAFT, FIRST_FAULT);
  }

  #request(scenario: Scenario): RunRequest {
    const { view: _seen, ...rest } = { ...DEFAULT_SCENARIO, ...scenario };
    return {
      ...rest,
      files: this.files,
      trigger: { kind: this.fromLink ? 'link' : 'person' },
      ...(this.origin ? { origin: this.origin.origin } : {}),
    };
  }

  /** What belongs to a field or a line is shown there; beside Run stands that it did not start, and why. */
  #refused(problems: readonly Problem[]): void {
    const inSource = problems.filter((problem) => problem.position !== undefined);
    this.runProblems = problems.filter((problem) => problem.position === undefined);
    if (inSource.length > 0) this.sourceProblems = inSource;
    const [first] = problems;
    const where = first?.position ? `Line ${first.position.line}: ` : '';
    this.refusal = `Not started. ${where}${first?.message ?? 'The engine gave no reason.'}`;
  }

  #accepted(): void {
    this.refusal = undefined;
    this.runProblems = [];
  }

  #change(draft: Draft): void {
    this.draft = draft;
    this.fromLink = false;
    this.#accepted();
    this.#remember();
  }

  #remember(): void {
    const { draft, fromLink } = this;
    saveLab(this.#parts.memory, {
      draft,
      fromLink,
      ...(this.edited ? { source: this.source } : {}),
      ...(Object.keys(this.#others).length > 0 ? { sources: this.#others } : {}),
    });
  }
}
