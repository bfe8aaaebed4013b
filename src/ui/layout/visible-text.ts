/* Control characters, and what reorders or hides text: bidi marks, zero-width characters, line separators. A log line
   of a stranger's flow must not be able to look like another one. */
const HIDDEN =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** The text with control and bidi characters spelled out, e.g. `\x1b` or `\u202e`; tabs become two spaces, line ends stay. */
export const visibleText = (text: string): string =>
  text.replace(/\r\n/g, '\n').replace(/\t/g, '  ').replace(HIDDEN, spell);

function spell(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
}
