import {
  BUILT_IN_DATASET,
  DATASET_LIMITS,
  datasetNameProblem,
  type ImportBatch,
  type ImportEnd,
  type ImportRequest,
  type ImportStart,
  type ImportStep,
} from '#domain/datasets.ts';
import type { DatasetRecord } from '#domain/records.ts';
import { SeenTexts } from '#domain/seen-texts.ts';
import { Conflict, StorageFull } from '#domain/store.ts';
import { DatasetImport } from './dataset-import.ts';
import type { DatasetShelf } from './dataset-shelf.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { EnginePorts } from './ports.ts';

const NOT_ON = 'This import is not on any more. Begin it again.';

/** Imports from their beginning to the commit that makes the rows visible, or to nothing. */
export class DatasetImports {
  readonly #ports: EnginePorts;
  readonly #shelf: DatasetShelf;
  #open: { readonly id: string; readonly rows: DatasetImport } | undefined;
  /** An import that is cancelled ends after the batch that is being stored, or that would stay behind. */
  readonly #acts = new OneAtATime();

  constructor(ports: EnginePorts, shelf: DatasetShelf) {
    this.#ports = ports;
    this.#shelf = shelf;
  }

  begin(request: ImportRequest): Promise<ImportStart> {
    return this.#acts.run(() => this.#begin(request));
  }

  append(id: string, batch: ImportBatch): Promise<ImportStep> {
    return this.#acts.run(() => this.#append(id, batch));
  }

  /** Makes the rows visible, all at once. */
  commit(id: string): Promise<ImportEnd> {
    return this.#acts.run(() => this.#commit(id));
  }

  /** Nothing of it stays. */
  abort(id: string): Promise<void> {
    return this.#acts.run(() => this.#end(id));
  }

  async #begin(request: ImportRequest): Promise<ImportStart> {
    if (this.#open)
      return refused('Another import is under way. Wait until it ends, or cancel it.');
    const problem = requestProblem(request);
    if (problem !== undefined) return refused(problem);
    const base = await this.#ports.store.get('datasets', request.name);
    const mixed = mixingProblem(request, base);
    if (mixed !== undefined) return refused(mixed);
    const last = base?.days.at(-1) ?? 0;
    const day = request.day ?? last + 1;
    if (day <= last)
      return refused(
        `Day ${day} of '${request.name}' has arrived already and stays as it is. Choose a day after ${last}.`,
      );
    const known = base && (await this.#textsOf(base));
    const rows = new DatasetImport({ ports: this.#ports, request, base, day, known });
    const id = this.#ports.entropy.token();
    this.#shelf.keep(rows.hashes);
    this.#open = { id, rows };
    return { ok: true, id, day };
  }

  async #append(id: string, batch: ImportBatch): Promise<ImportStep> {
    const rows = this.#rowsOf(id);
    if (!rows) return refused(NOT_ON);
    try {
      const problem = await rows.append(batch);
      if (!problem) return { ok: true, ...rows.progress };
      this.#end(id);
      return problem;
    } catch (error) {
      return this.#failed(id, error);
    }
  }

  async #commit(id: string): Promise<ImportEnd> {
    const rows = this.#rowsOf(id);
    if (!rows) return refused(NOT_ON);
    const { name } = rows.request;
    try {
      if (rows.progress.rows === 0) {
        this.#end(id);
        return refused(nothingNew(name, rows.progress.known));
      }
      await rows.flush();
      const writes = await rows.writes();
      const done = await this.#shelf.change(async () => {
        const now = await this.#ports.store.get('datasets', name);
        if (now?.contentHash !== rows.base?.contentHash) return false;
        await this.#ports.store.commit(writes, 'strict');
        return true;
      });
      this.#end(id);
      if (done) return rows.end();
      return refused(`The dataset '${name}' changed while the rows were read. Import them again.`);
    } catch (error) {
      return this.#failed(id, error);
    }
  }

  #rowsOf(id: string): DatasetImport | undefined {
    return this.#open?.id === id ? this.#open.rows : undefined;
  }

  #end(id: string): void {
    if (this.#open?.id !== id) return;
    this.#shelf.letGo(this.#open.rows.hashes);
    this.#open = undefined;
    this.#shelf.sweep();
  }

  #failed(id: string, error: unknown): Extract<ImportEnd, { ok: false }> {
    this.#end(id);
    if (error instanceof StorageFull)
      return refused(
        `${error.message} Nothing was imported. Delete old runs or a dataset, or free some space on this device, and import again.`,
      );
    if (error instanceof Conflict) return refused(`${error.message} Import the rows again.`);
    throw error;
  }

  async #textsOf(base: DatasetRecord): Promise<SeenTexts> {
    const seen = new SeenTexts();
    for await (const rows of this.#shelf.rowsOf(base.name)) seen.addRows(rows);
    return seen;
  }
}

function requestProblem({ name, day }: ImportRequest): string | undefined {
  if (name === BUILT_IN_DATASET)
    return `'${BUILT_IN_DATASET}' ships with the site and stays as it is. Choose another name.`;
  if (day !== undefined && !(Number.isInteger(day) && day >= 1 && day <= DATASET_LIMITS.day))
    return `A day is a whole number from 1 to ${DATASET_LIMITS.day}.`;
  return datasetNameProblem(name);
}

function mixingProblem(
  { name, existing, labelled }: ImportRequest,
  base: DatasetRecord | undefined,
): string | undefined {
  if (!base) return undefined;
  if (existing === 'refuse')
    return `There is a dataset '${name}' already. Choose another name, or add the rows to it as a new day.`;
  if (base.imported?.labelled === labelled) return undefined;
  return labelled
    ? `The rows of '${name}' have no labels and these have. Choose another name.`
    : `The rows of '${name}' have labels and these have none. Choose a label column, or another name.`;
}

const nothingNew = (name: string, known: number): string =>
  known > 0
    ? `All ${known} rows are in '${name}' already: nothing was imported.`
    : 'There are no rows to import. Look at the columns that were chosen.';

const refused = (reason: string): { readonly ok: false; readonly reason: string } => ({
  ok: false,
  reason,
});
