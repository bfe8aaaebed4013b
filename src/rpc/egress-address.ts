const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** The address as it would be asked for, or why it is not. */
export function readAddress(
  typed: string,
): { readonly ok: true; readonly address: URL } | { readonly ok: false; readonly reason: string } {
  const address = parsed(typed.trim());
  if (!address)
    return refused('This is no address. Type it whole, as https://example.org/reviews.csv.');
  if (address.username !== '' || address.password !== '')
    return refused('The address holds a user name or a password. Take them off it.');
  if (address.protocol === 'https:') return { ok: true, address };
  if (address.protocol === 'http:' && LOCAL.test(address.hostname)) return { ok: true, address };
  return refused(
    'Only https addresses are read (http of this machine too). Use the https address of the file, or download it and import it as a file.',
  );
}

/** `reviews.csv.gz`: what a file that is read from there is called. */
export function fileNameOf({ pathname, hostname }: URL): string {
  const last = pathname.split('/').at(-1) ?? '';
  return last === '' ? hostname : (decoded(last) ?? last);
}

const refused = (reason: string) => ({ ok: false, reason }) as const;

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
