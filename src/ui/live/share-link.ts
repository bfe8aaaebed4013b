import {
  joinLink,
  MAX_LINK_JSON,
  parseLinkJson,
  splitLink,
  toWire,
  type LinkReading,
} from '#domain/link.ts';
import type { Scenario } from '#domain/scenario.ts';

/** `1.<body>`: what stands after `#/s/`. */
export async function packScenario(scenario: Scenario): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify(toWire(scenario)));
  const packed = await new Response(
    new Blob([json]).stream().pipeThrough(new CompressionStream('deflate-raw')),
  ).arrayBuffer();
  return joinLink(toBase64Url(new Uint8Array(packed)));
}

/** Never rejects: a link that cannot be read is a refusal. */
export async function unpackScenario(text: string): Promise<LinkReading> {
  const parts = splitLink(text);
  if (!parts.ok) return parts;
  const packed = fromBase64Url(parts.body);
  if (!packed) return damaged('letters are missing at its end');
  try {
    const json = await inflate(packed, MAX_LINK_JSON);
    return json === undefined
      ? { ok: false, refusal: { kind: 'inflates-too-far' } }
      : parseLinkJson(json);
  } catch {
    return damaged('it does not unpack, so a part of it is missing or changed');
  }
}

const damaged = (detail: string): LinkReading => ({
  ok: false,
  refusal: { kind: 'damaged', detail },
});

/**
 * Stops reading at the limit: a few KB can inflate to gigabytes, so the length is counted while reading.
 * Undefined when there is more than `limit` bytes.
 * @throws TypeError when the bytes are not raw deflate of UTF-8
 */
async function inflate(
  packed: Uint8Array<ArrayBuffer>,
  limit: number,
): Promise<string | undefined> {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > limit) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}

function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}
