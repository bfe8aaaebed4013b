/** What is used of a port: enough for both ends of the `host` port. */
type Port = Pick<MessagePort, 'postMessage' | 'close' | 'onmessage'>;

class EndOfPair implements Port {
  onmessage: MessagePort['onmessage'] = null;
  peer: EndOfPair | undefined;

  postMessage(message: unknown, transfer: Transferable[] | StructuredSerializeOptions = []): void {
    const data: unknown = structuredClone(
      message,
      Array.isArray(transfer) ? { transfer } : transfer,
    );
    const { peer } = this;
    queueMicrotask(() => peer?.receive(data));
  }

  close(): void {
    if (this.peer) this.peer.peer = undefined;
    this.peer = undefined;
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
