/** What is used of a port: enough for both ends of the `host` port. */
type Port = Pick<MessagePort, 'postMessage' | 'close' | 'onmessage'>;

const TURNS_BETWEEN = 50;

class EndOfPair implements Port {
  onmessage: MessagePort['onmessage'] = null;
  peer: EndOfPair | undefined;
  #delivered = Promise.resolve();

  postMessage(message: unknown, transfer: Transferable[] | StructuredSerializeOptions = []): void {
    const data: unknown = structuredClone(
      message,
      Array.isArray(transfer) ? { transfer } : transfer,
    );
    const { peer } = this;
    if (peer) peer.#delivered = peer.#delivered.then(() => peer.#deliver(data));
  }

  close(): void {
    if (this.peer) this.peer.peer = undefined;
    this.peer = undefined;
  }

  /** Between two messages of a real port, whoever hears the first goes on as far as it can. */
  async #deliver(data: unknown): Promise<void> {
    this.receive(data);
    for (let turn = 0; turn < TURNS_BETWEEN; turn++) await Promise.resolve();
  }

  receive(data: unknown): void {
    if (this.peer) this.onmessage?.call(this.asPort, new MessageEvent('message', { data }));
  }

  /** Nothing under test asks more of a port than this has. */
  get asPort(): MessagePort {
    return this as unknown as MessagePort;
  }
}

/** A message channel in one thread: copies as a real one does, and delivers before the next macrotask. */
export function portPair(): readonly [MessagePort, MessagePort] {
  const [one, other] = [new EndOfPair(), new EndOfPair()];
  one.peer = other;
  other.peer = one;
  return [one.asPort, other.asPort];
}
