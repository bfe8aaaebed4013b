import { MAX_EGRESS_BYTES, type EgressAnswer } from '#domain/egress.ts';
import { fileNameOf, readAddress } from '#rpc/egress-address.ts';

/** What is outside, as a worker reaches it. */
interface Outside {
  readonly ask: typeof fetch;
  readonly isOnline: () => boolean;
}

/**
 * Asks once, without cookies and without saying where from. A redirect is not followed: it may lead to a host that nobody
 * confirmed, and a browser does not tell where it leads.
 */
export async function requestAddress(
  typed: string,
  onBytes: (bytes: number) => void,
  { ask, isOnline }: Outside,
): Promise<EgressAnswer> {
  const read = readAddress(typed);
  if (!read.ok) return read;
  const { address } = read;
  let response: Response;
  try {
    response = await ask(address.href, {
      mode: 'cors',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'manual',
      cache: 'no-store',
    });
  } catch {
    return refused(whyNoAnswer(address, isOnline()));
  }
  const problem = problemOf(response, address);
  return problem === undefined ? download(response, address, onBytes) : refused(problem);
}

function problemOf(response: Response, { hostname }: URL): string | undefined {
  if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400))
    return `${hostname} sends the request on to another address, and nothing goes to one that you did not confirm. Open the address in a tab, and give the one where it ends; or download the file and import it as a file.`;
  if (response.status === 404)
    return `${hostname} has no such file (404). Look at the address, letter by letter.`;
  if (!response.ok)
    return `${hostname} does not give the file out (${response.status}). Download it in a tab, where you may be signed in, and import it as a file.`;
  if (Number(response.headers.get('content-length') ?? 0) > MAX_EGRESS_BYTES) return TOO_LARGE;
  return undefined;
}

const TOO_LARGE = `The file is larger than ${MAX_EGRESS_BYTES / 1024 / 1024} MB, and more is not read from an address. Download it and import a part of it as a file.`;

const whyNoAnswer = ({ hostname }: URL, online: boolean): string =>
  online
    ? `${hostname} could not be read: it does not answer, or it does not allow other sites to read this file (CORS). Open the address in a tab; if the file is there, download it and import it as a file.`
    : `${hostname} could not be read: this browser is offline. Try again when it is online.`;

async function download(
  response: Response,
  address: URL,
  onBytes: (bytes: number) => void,
): Promise<EgressAnswer> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  try {
    for (let piece = await reader?.read(); piece?.value; piece = await reader?.read()) {
      bytes += piece.value.length;
      if (bytes > MAX_EGRESS_BYTES) {
        await reader?.cancel();
        return refused(TOO_LARGE);
      }
      pieces.push(piece.value);
      onBytes(bytes);
    }
  } catch {
    return refused(
      `The connection to ${address.hostname} broke off after ${(bytes / 1024 / 1024).toFixed(1)} MB. Try again.`,
    );
  }
  return { ok: true, blob: new Blob(pieces), name: fileNameOf(address) };
}

const refused = (reason: string): EgressAnswer => ({ ok: false, reason });
