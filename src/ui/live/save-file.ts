/** Hands bytes to the person as a download. */
export function saveFile(name: string, bytes: ArrayBuffer): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  Object.assign(link, { href: url, download: name }).click();
  // Firefox still reads it a moment after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
