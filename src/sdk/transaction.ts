/** What became of a transaction. STAGED: its own part is done, the transaction around it decides. */
export type TransactionState = 'ACTIVE' | 'STAGED' | 'COMMITTED' | 'ROLLED_BACK';

export interface TransactionOptions {
  /** `lazy` (default): commits when the outermost transaction does. `eager`: commits at its own end. */
  readonly commitMode?: 'lazy' | 'eager';
  /** Called in the flow body, after what is inside has committed; a throw rolls back. */
  readonly onCommit?: (transaction: Transaction) => unknown;
  /** Called in the flow body, before what is inside is rolled back. */
  readonly onRollback?: (transaction: Transaction) => unknown;
}

/** What a transaction asks of the engine: calls of the flow body, journaled. */
export interface TransactionCalls {
  /** Keeps results and runs `onCommit` hooks. @throws when a hook fails */
  commitTask(call: number): Promise<void>;
  /** Marks the task run as RolledBack and runs its `onRollback` hooks. */
  rollBackTask(call: number, why: string): Promise<void>;
}

type Child = { readonly task: number } | Transaction;

/** A group of task runs that commits or rolls back as one. */
export class Transaction {
  readonly #calls: TransactionCalls;
  readonly #options: TransactionOptions;
  readonly #parent: Transaction | undefined;
  readonly #children: Child[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #values = new Map<string, unknown>();
  #state: TransactionState = 'ACTIVE';
  #why = '';

  constructor(calls: TransactionCalls, options: TransactionOptions, parent?: Transaction) {
    this.#calls = calls;
    this.#options = options;
    this.#parent = parent;
  }

  get state(): TransactionState {
    return this.#state;
  }

  /** Remembers something for the hooks of this transaction and of those inside it. */
  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  get(name: string): unknown {
    return this.#values.has(name) ? this.#values.get(name) : this.#parent?.get(name);
  }

  /** A task run that was started inside: the end waits for it. */
  follow(ended: Promise<unknown>): void {
    this.#underWay.add(ended);
  }

  /** A task run inside has ended. */
  async taskEnded(call: number, completed: boolean, why: string): Promise<void> {
    if (!completed) return this.rollBack(why);
    if (this.#state === 'ROLLED_BACK') return this.#calls.rollBackTask(call, this.#why);
    this.#children.push({ task: call });
  }

  /** Its body has returned. */
  async leave(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    if (this.#state === 'ROLLED_BACK') return this.#tellParent();
    if (this.#options.commitMode === 'eager' || !this.#parent) await this.#commit();
    else this.#state = 'STAGED';
    await this.#tellParent();
  }

  /** Its body has thrown. */
  async abandon(error: unknown): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.rollBack(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    await this.#tellParent();
  }

  /** Undoes what is inside, last first. */
  async rollBack(why: string): Promise<void> {
    if (this.#state === 'ROLLED_BACK' || this.#state === 'COMMITTED') return;
    this.#state = 'ROLLED_BACK';
    this.#why = why;
    await this.#options.onRollback?.(this);
    for (const child of this.#children.toReversed())
      await ('task' in child ? this.#calls.rollBackTask(child.task, why) : child.rollBack(why));
  }

  /** A transaction that rolled back takes those around it along. */
  async #tellParent(): Promise<void> {
    if (!this.#parent) return;
    this.#parent.#children.push(this);
    if (this.#state === 'ROLLED_BACK') await this.#parent.rollBack(this.#why);
  }

  async #commit(): Promise<void> {
    try {
      await this.#commitInside();
    } catch (error) {
      await this.#undoCommit(error);
    }
  }

  async #commitInside(): Promise<void> {
    for (const child of this.#children) {
      if ('task' in child) await this.#calls.commitTask(child.task);
      else if (child.#state === 'STAGED') await child.#commitInside();
    }
    await this.#options.onCommit?.(this);
    this.#state = 'COMMITTED';
  }

  /** What had committed in this attempt to commit is undone too. */
  async #undoCommit(error: unknown): Promise<void> {
    this.#reopen();
    await this.rollBack(
      `it could not commit: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  #reopen(): void {
    this.#state = 'STAGED';
    for (const child of this.#children)
      if (!('task' in child) && child.#state === 'COMMITTED' && !child.#isEager) child.#reopen();
  }

  get #isEager(): boolean {
    return this.#options.commitMode === 'eager';
  }
}
