import { EVENT_VERSION, type DeploymentEvent } from '#domain/events.ts';
import { deploymentStream } from '#domain/ids.ts';
import type { DeploymentRecord, EventRecord, TickRecord } from '#domain/records.ts';
import type { Write } from '#domain/store.ts';
import type { EnginePorts } from './ports.ts';

/**
 * Writes deployments and what is told of them.
 * Invariant: a change and its events are one commit, and nobody sees them before it is durable.
 */
export class DeploymentLog {
  readonly #ports: Pick<EnginePorts, 'store' | 'clock' | 'feed'>;

  constructor(ports: Pick<EnginePorts, 'store' | 'clock' | 'feed'>) {
    this.#ports = ports;
  }

  /** Ticks with their verdicts, and the writes of the run that one starts; resolves to the deployment as it stands then. */
  decide(
    deployment: DeploymentRecord,
    ticks: readonly TickRecord[],
    writes: readonly Write[],
  ): Promise<DeploymentRecord> {
    const watermark = Math.max(deployment.watermark, ...ticks.map((tick) => tick.dueAt));
    const events = ticks.map(({ dueAt, verdict, reason, flowRunId }): DeploymentEvent => ({
      kind: 'tick.decided',
      dueAt,
      verdict,
      reason,
      ...(flowRunId ? { flowRunId } : {}),
    }));
    const puts = ticks.map((record): Write => ({ store: 'ticks', op: 'add', record }));
    return this.commit({ ...deployment, watermark }, events, [...puts, ...writes]);
  }

  /** The deployment, events about it and whatever belongs to them; resolves to the record as it was written. */
  async commit(
    deployment: DeploymentRecord,
    bodies: readonly DeploymentEvent[],
    writes: readonly Write[],
  ): Promise<DeploymentRecord> {
    const at = this.#ports.clock.now();
    const streamId = deploymentStream(deployment.id);
    const record = { ...deployment, lastSeq: deployment.lastSeq + bodies.length };
    const events = bodies.map((body, i): EventRecord => ({
      v: EVENT_VERSION,
      streamId,
      seq: deployment.lastSeq + 1 + i,
      at,
      body,
    }));
    await this.#ports.store.commit([
      { store: 'deployments', op: 'put', record },
      ...events.map((event): Write => ({ store: 'events', op: 'add', record: event })),
      ...writes,
    ]);
    events.forEach((event) => this.#ports.feed.publish({ kind: 'event', event }));
    this.#ports.feed.publish({ kind: 'deployment', deployment: record });
    return record;
  }
}
