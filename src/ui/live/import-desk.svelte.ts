import type { ImportEnd } from '#domain/datasets.ts';
import type { EngineApi } from '#domain/engine-api.ts';
import type {
  ColumnRoles,
  FileFormat,
  ImportPlan,
  ImportPreview,
  ImportProgress,
  ImportReport,
  Reading,
} from '#domain/import-plan.ts';
import { guessLabels, normalLabel } from '#domain/label-mapping.ts';
import { nameFromFile } from '#ui/layout/dataset-words.ts';
import type { ImportConnection } from './import-connection.ts';
import { reasonOf, type EngineSession } from './engine-session.svelte.ts';

type ImportPhase = 'choosing' | 'fetching' | 'opening' | 'mapping' | 'importing' | 'done';

/** What a value of the label column is taken for. */
export type Meaning = 'positive' | 'negative' | 'left out';

interface DeskParts {
  readonly session: EngineSession;
  readonly connect: (onProgress: (progress: ImportProgress) => void) => Promise<ImportConnection>;
  readonly request: (
    address: string,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ) => Promise<
    { readonly ok: true; readonly blob: Blob; readonly name: string } | Refusal | undefined
  >;
  /** Datasets are no longer what they were. */
  readonly onImported: () => void;
}

interface Refusal {
  readonly ok: false;
  readonly reason: string;
}

interface Source {
  readonly blob: Blob;
  readonly name: string;
}

/** One import from the choice of a file to its last row. Everything is looked at before anything is kept. */
export class ImportDesk {
  phase = $state<ImportPhase>('choosing');
  /** Where rows come from, as it was chosen last. */
  tab = $state('paste');
  /** What was pasted last: it may be mended and pasted again. */
  pasted = '';
  /** Why the last step did not work. */
  problem = $state<string>();
  source = $state.raw<Source>();
  preview = $state.raw<ImportPreview>();
  plan = $state.raw<ImportPlan>();
  /** Of the plan as it is now; absent while it is being counted. */
  report = $state.raw<ImportReport>();
  progress = $state.raw<ImportProgress>({ bytes: 0, rows: 0 });
  name = $state('');
  /** Of rows that bring none, as it is typed; empty: the day after the last. */
  day = $state('');
  existing = $state<'refuse' | 'add'>('refuse');
  done = $state.raw<Extract<ImportEnd, { ok: true }> & { readonly name: string }>();
  readonly #parts: DeskParts;
  #connection: Promise<ImportConnection> | undefined;
  /** What was begun last: who comes back to another one has been cancelled. */
  #turn = 0;
  #request: AbortController | undefined;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  paste(text: string): Promise<void> {
    this.pasted = text;
    if (text.trim() === '') {
      this.problem = 'Nothing was pasted. Paste rows, or one text on each line.';
      return Promise.resolve();
    }
    return this.choose(new Blob([text]), 'pasted text');
  }

  choose(blob: Blob, name: string): Promise<void> {
    this.source = { blob, name };
    this.name = nameFromFile(name);
    this.preview = undefined;
    this.plan = undefined;
    return this.#open({});
  }

  /** What else was chosen was chosen for another format. */
  setFormat(format: FileFormat): Promise<void> {
    return this.#open({ format });
  }

  /** Only after the person confirmed the address. */
  async fetch(address: string): Promise<void> {
    const turn = this.#begin('fetching');
    this.#request = new AbortController();
    const onBytes = (bytes: number) => (this.progress = { bytes, rows: 0 });
    try {
      const answer = await this.#parts.request(address, onBytes, this.#request.signal);
      if (turn !== this.#turn || !answer) return;
      if (answer.ok) return await this.choose(answer.blob, answer.name);
      this.#fail('choosing', answer.reason);
    } catch (error) {
      if (turn === this.#turn) this.#fail('choosing', reasonOf(error));
    }
  }

  /** Reads the same bytes in another way. */
  reread(change: Partial<Reading>): Promise<void> {
    const asked = this.preview ? { ...changeable(this.preview.reading), ...change } : change;
    return this.#open(asked);
  }

  setRole(role: keyof ColumnRoles, column: number | undefined): void {
    if (!this.plan || !this.preview) return;
    const { [role]: _before, ...rest } = this.plan.roles;
    const roles = {
      ...this.#without(rest, column),
      ...(column === undefined ? {} : { [role]: column }),
    };
    const text = roles.text ?? this.plan.roles.text;
    const labels = role === 'label' ? guessLabels(this.#valuesOf(column)) : this.plan.labels;
    void this.#check({ ...this.plan, roles: { ...roles, text }, labels });
  }

  setLabel(value: string, meaning: Meaning): void {
    if (!this.plan) return;
    const key = normalLabel(value);
    const without = (values: readonly string[]) => values.filter((one) => normalLabel(one) !== key);
    const { positive, negative } = this.plan.labels;
    const labels = { positive: without(positive), negative: without(negative) };
    if (meaning !== 'left out') labels[meaning].push(key);
    void this.#check({ ...this.plan, labels });
  }

  setRepeats(leaveOutRepeats: boolean): void {
    if (this.plan) void this.#check({ ...this.plan, leaveOutRepeats });
  }

  async import(): Promise<void> {
    const { plan, source } = this;
    if (!plan || !source) return;
    const turn = this.#begin('importing');
    try {
      const api = await this.#parts.session.api();
      const end = await this.#carry(api, plan, source, turn);
      if (end?.ok) this.#parts.onImported();
      if (turn !== this.#turn) return this.#tooLate(end);
      if (!end) return;
      if (!end.ok) return this.#fail('mapping', end.reason);
      this.pasted = '';
      this.done = { ...end, name: this.name };
      this.phase = 'done';
      await this.#disconnect();
    } catch (error) {
      if (turn === this.#turn) this.#fail('mapping', reasonOf(error));
    }
  }

  /** Back to where there is nothing; what was brought of an import goes again. */
  async cancel(): Promise<void> {
    const importing = this.phase === 'importing';
    this.#turn++;
    this.#request?.abort();
    this.problem = undefined;
    if (importing) {
      this.phase = 'mapping';
      await (await this.#connection)?.api.cancel();
    } else await this.reset();
  }

  async reset(): Promise<void> {
    this.#turn++;
    this.phase = 'choosing';
    this.problem = undefined;
    this.source = undefined;
    this.preview = undefined;
    this.plan = undefined;
    this.report = undefined;
    this.done = undefined;
    this.existing = 'refuse';
    this.day = '';
    await this.#disconnect();
  }

  async #open(asked: Partial<Reading>): Promise<void> {
    const { source } = this;
    if (!source) return;
    const turn = this.#begin('opening');
    try {
      const { api } = await this.#connected();
      const opened = await api.open(source.blob, source.name, asked);
      if (turn !== this.#turn) return;
      if (!opened.ok) return this.#fail(this.preview ? 'mapping' : 'choosing', opened.reason);
      const { preview } = opened;
      this.preview = preview;
      this.phase = 'mapping';
      const { reading, roles, labels } = preview;
      await this.#check({
        reading,
        roles,
        labels,
        leaveOutRepeats: this.plan?.leaveOutRepeats ?? false,
      });
    } catch (error) {
      if (turn === this.#turn) this.#fail('choosing', reasonOf(error));
    }
  }

  /** Counts all rows anew: the newest plan is the one that counts. */
  async #check(plan: ImportPlan): Promise<void> {
    this.plan = plan;
    this.report = undefined;
    this.problem = undefined;
    this.progress = { bytes: 0, rows: 0 };
    const turn = ++this.#turn;
    try {
      const { api } = await this.#connected();
      const report = await api.check(plan);
      if (turn === this.#turn && report) this.report = report;
    } catch (error) {
      if (turn === this.#turn) this.problem = reasonOf(error);
    }
  }

  /** Rows from the import worker to the engine. Undefined: cancelled. */
  async #carry(
    engine: EngineApi,
    plan: ImportPlan,
    source: Source,
    turn: number,
  ): Promise<ImportEnd | undefined> {
    const { api, handOver } = await this.#connected();
    const day = this.day.trim();
    const begun = await engine.beginImport({
      name: this.name.trim(),
      from: source.name,
      existing: this.existing,
      labelled: plan.roles.label !== undefined,
      ...(day === '' ? {} : { day: Number(day) }),
    });
    if (!begun.ok) return begun;
    try {
      await api.start(plan);
      let next = api.next();
      for (let batch = await next; batch && turn === this.#turn; batch = await next) {
        // Read while this one is being stored.
        next = api.next();
        next.catch(() => undefined);
        const step = await engine.appendRows(begun.id, handOver(batch));
        if (!step.ok) return step;
      }
      if (turn === this.#turn) return await engine.commitImport(begun.id);
    } finally {
      // Nothing, where it was committed or has ended.
      await engine.abortImport(begun.id);
    }
    return undefined;
  }

  #valuesOf(column: number | undefined): readonly string[] {
    return column === undefined ? [] : (this.preview?.values[column] ?? []);
  }

  /** One column is one thing: whoever had it before has none. */
  #without(roles: Partial<ColumnRoles>, column: number | undefined): Partial<ColumnRoles> {
    const text = this.plan?.roles.text;
    return Object.fromEntries(
      Object.entries(roles).filter(
        ([role, one]) => one !== column || (role === 'text' && one === text),
      ),
    );
  }

  #begin(phase: ImportPhase): number {
    this.phase = phase;
    this.problem = undefined;
    this.progress = { bytes: 0, rows: 0 };
    return ++this.#turn;
  }

  /** Cancelled when the last step was under way already: what came of it is told. */
  #tooLate(end: ImportEnd | undefined): void {
    if (!end?.ok || this.phase !== 'mapping') return;
    this.problem =
      `It was too late to cancel: ${end.rows} rows are in '${this.name}' already. ` +
      'Delete the dataset on its page if you do not want them.';
  }

  #fail(phase: ImportPhase, reason: string): void {
    this.phase = phase;
    this.problem = reason;
  }

  #connected(): Promise<ImportConnection> {
    this.#connection ??= this.#parts.connect((progress) => (this.progress = progress));
    this.#connection.catch(() => (this.#connection = undefined));
    return this.#connection;
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    (await connection?.catch(() => undefined))?.close();
  }
}

/** What stays as it was chosen when something else is changed. */
const changeable = ({ encoding, delimiter, quotes, header, format }: Reading): Partial<Reading> =>
  format === 'delimited' ? { format, encoding, delimiter, quotes, header } : { format, encoding };
