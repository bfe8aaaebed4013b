import { describeSlotWait, globalLimit } from '#domain/limits.ts';
import type { HostRequest } from '#domain/host-api.ts';
import type { LogLevel } from '#domain/lines.ts';
import type { TaskRunRecord } from '#domain/records.ts';
import type { SlotOutcome, SlotRequest } from './limits.ts';
import type { RunContext } from './run-context.ts';

type Acquire = Extract<HostRequest, { method: 'acquireLimit' }>;

interface Lease {
  readonly limit: string;
  readonly slots: number;
  readonly request: SlotRequest;
}

type Ending = SlotOutcome | { readonly kind: 'timeout' };

const MAX_LEASES = 100;

class NoSlot extends Error {
  override readonly name: string;
  constructor(name: 'LimitError' | 'TimeoutError', message: string) {
    super(message);
    this.name = name;
  }
}

/** The slots of limits that the code of one attempt holds or waits for; all are given back when it is over. */
export class AttemptSlots {
  readonly #run: RunContext;
  readonly #task: TaskRunRecord;
  readonly #leases = new Map<number, Lease>();
  #next = 0;
  #ended = false;

  constructor(run: RunContext, task: TaskRunRecord) {
    this.#run = run;
    this.#task = task;
  }

  /**
   * @returns the number of the lease
   * @throws NoSlot when the slots can never be had, or not in time
   */
  async acquire(asked: Acquire): Promise<number> {
    this.#refuseImpossible(asked);
    const limit = globalLimit(asked.name);
    const holder = { taskRun: this.#task.name, flowRunName: this.#run.record().name };
    const request = this.#run.limits.request([limit], holder, asked.slots);
    const lease = this.#next++;
    this.#leases.set(lease, { limit, slots: asked.slots, request });
    if (request.waits.length > 0) this.#say('INFO', `Waits for ${waitWords(request)}`);
    const outcome = await this.#inTime(request, asked.timeoutSeconds);
    if (outcome.kind === 'taken') return lease;
    this.#leases.delete(lease);
    throw noSlot(outcome, asked, request);
  }

  /** @throws Error when the attempt has no such lease */
  release(lease: number): undefined {
    const held = this.#leases.get(lease);
    if (!held) throw new Error(`Slots of lease ${lease} are not held.`);
    held.request.end();
    this.#leases.delete(lease);
    return undefined;
  }

  end(): void {
    this.#ended = true;
    for (const { request } of this.#leases.values()) request.end();
    this.#leases.clear();
  }

  #refuseImpossible({ name, slots, strict }: Acquire): void {
    if (this.#ended) throw new NoSlot('LimitError', 'The attempt has ended.');
    if (this.#leases.size >= MAX_LEASES)
      throw new NoSlot('LimitError', `An attempt may ask for ${MAX_LEASES} slots at a time.`);
    const limit = this.#run.limits.limitOf(globalLimit(name));
    if (limit === undefined) return this.#missing(name, strict);
    const own = [...this.#leases.values()]
      .filter((lease) => lease.limit === globalLimit(name))
      .reduce((sum, lease) => sum + lease.slots, 0);
    if (own > 0 && own + slots > limit)
      throw new NoSlot(
        'LimitError',
        `This attempt has ${own} of ${limit} slots of limit ${name} already and would wait for itself. Give them back first.`,
      );
  }

  #missing(name: string, strict: boolean): void {
    const message = `There is no limit '${name}'`;
    if (strict) throw new NoSlot('LimitError', `${message}. Set one, or leave strict out.`);
    this.#say('WARNING', `${message}, so nothing is held back`);
  }

  #inTime({ outcome, end }: SlotRequest, seconds: number | undefined): Promise<Ending> {
    if (seconds === undefined) return outcome;
    const { clock } = this.#run.ports;
    return new Promise((resolve) => {
      const stopTimer = clock.at(clock.now() + seconds * 1000, () => {
        resolve({ kind: 'timeout' });
        end();
      });
      void outcome.then((ending) => {
        stopTimer();
        resolve(ending);
      });
    });
  }

  #say(level: LogLevel, message: string): void {
    this.#run.log.sayOf(this.#task, level, message);
  }
}

const waitWords = ({ waits }: SlotRequest): string => waits.map(describeSlotWait).join(', ');

function noSlot(
  ending: Exclude<Ending, { kind: 'taken' }>,
  { name, slots, timeoutSeconds }: Acquire,
  request: SlotRequest,
): NoSlot {
  switch (ending.kind) {
    case 'timeout':
      return new NoSlot(
        'TimeoutError',
        `No slot was free within ${timeoutSeconds} s: ${waitWords(request)}`,
      );
    case 'refused':
      return new NoSlot(
        'LimitError',
        `The limit '${name}' has ${ending.limit.limit} slots and ${slots} are asked for: it would wait for ever. Raise the limit or ask for less.`,
      );
    case 'withdrawn':
      return new NoSlot('LimitError', 'The attempt has ended.');
  }
}
