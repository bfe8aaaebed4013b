import * as Comlink from 'comlink';

/** Answers calls on a port whose both sides are ours, or on the author's side of one; never on ours of theirs. */
export function expose(api: object, port?: MessagePort): void {
  Comlink.expose(api, port);
}

/** Nothing of the other side may be called back from here. */
export function forbidCallbacks(): void {
  Comlink.transferHandlers.delete('proxy');
}
