/** What may leave the origin: one request, to an address that a person typed and confirmed. */
export interface EgressApi {
  /** Hears of the bytes that came on the port. */
  request(address: string, progress: MessagePort): Promise<EgressAnswer>;
}

export type EgressAnswer =
  | { readonly ok: true; readonly blob: Blob; readonly name: string }
  | { readonly ok: false; readonly reason: string };

export const MAX_EGRESS_BYTES = 512 * 1024 * 1024;
