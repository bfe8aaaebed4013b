import { visibleText } from './visible-text.ts';

export interface FilePreview {
  /** The first lines, safe to show. */
  readonly lines: readonly string[];
  /** There is more than these. */
  readonly more: boolean;
}

const LOOKED_AT = 8 * 1024;
const LINES = 6;
const LINE_CHARACTERS = 300;

/** The beginning of a text file; undefined for what is no text. */
export function filePreview(bytes: ArrayBuffer, mediaType: string): FilePreview | undefined {
  if (!/^text\/|[/+](?:json|xml|x-ndjson)$/.test(mediaType)) return undefined;
  const text = new TextDecoder().decode(bytes.slice(0, LOOKED_AT));
  const whole = bytes.byteLength <= LOOKED_AT;
  const lines = text.split(/\r\n|\r|\n/);
  if (whole && lines.at(-1) === '') lines.pop();
  return {
    lines: lines.slice(0, LINES).map(shown),
    more: !whole || lines.length > LINES,
  };
}

const shown = (line: string): string =>
  line.length > LINE_CHARACTERS
    ? `${visibleText(line.slice(0, LINE_CHARACTERS))}…`
    : visibleText(line);
