import type { SlotHolder } from '#domain/limits.ts';
import type { FlowRunId } from '#domain/ids.ts';
import type { DeploymentRecord, FlowRunRecord } from '#domain/records.ts';
import type { StartAnswer } from './scheduled-start.ts';

const LIMIT_REACHED = 'Deployment concurrency limit reached.';
export const LIMIT_IS_ZERO =
  'The concurrency limit of the deployment is 0: no run of it may start. Raise or remove the limit.';

type Run = Pick<FlowRunRecord, 'id' | 'name' | 'trigger'>;
type Holders = Map<FlowRunId, SlotHolder>;

/** The runs of each deployment that have started and not ended, whatever state they are in. */
export class DeploymentSlots {
  readonly #holders = new Map<string, Holders>();

  /** Takes a slot where one is free; a run that has one keeps it. */
  ask(deployment: DeploymentRecord | undefined, run: Run): StartAnswer {
    const holders = this.#holdersOf(run);
    const concurrency = deployment?.concurrency;
    if (!concurrency || holders.has(run.id) || holders.size < concurrency.limit) {
      this.hold(run);
      return { kind: 'start' };
    }
    const { limit: slots, strategy } = concurrency;
    if (slots === 0) return { kind: 'refuse', reason: LIMIT_IS_ZERO };
    if (strategy === 'CANCEL_NEW') return { kind: 'refuse', reason: LIMIT_REACHED };
    const limit = `deployment:${deployment.id}`;
    const held = { held: holders.size, holders: [...holders.values()] };
    return { kind: 'wait', waits: [{ limit, slots, ...held, before: 0 }] };
  }

  /** For a run that has started already: no limit stops it any more. */
  hold(run: Run): void {
    this.#holdersOf(run).set(run.id, { flowRunName: run.name });
  }

  release(id: FlowRunId): void {
    for (const holders of this.#holders.values()) holders.delete(id);
  }

  #holdersOf({ trigger }: Run): Holders {
    const known = trigger.kind === 'schedule' ? this.#holders.get(trigger.deployment) : undefined;
    const holders: Holders = known ?? new Map<FlowRunId, SlotHolder>();
    if (trigger.kind === 'schedule') this.#holders.set(trigger.deployment, holders);
    return holders;
  }
}
