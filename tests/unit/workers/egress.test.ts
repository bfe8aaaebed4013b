import { describe, expect, it } from 'vitest';
import { MAX_EGRESS_BYTES } from '#domain/egress.ts';
import { fileNameOf, readAddress } from '#rpc/egress-address.ts';
import { requestAddress } from '#workers/egress-request.ts';

const quiet = () => undefined;
const isOnline = () => true;

describe('what may leave the origin', () => {
  it('is https, and http of this machine', () => {
    for (const typed of [
      'https://example.org/x.csv',
      ' http://localhost:8080/x ',
      'http://127.0.0.1/x',
    ])
      expect(readAddress(typed)).toMatchObject({ ok: true });
    for (const typed of [
      'http://example.org/x',
      'ftp://example.org/x',
      'data:text/plain,x',
      'file:///x',
    ])
      expect(readAddress(typed)).toMatchObject({
        ok: false,
        reason: expect.stringContaining('Only https addresses are read'),
      });
    expect(readAddress('example.org/x.csv')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('This is no address'),
    });
    expect(readAddress('https://me:secret@example.org/')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('user name or a password'),
    });
  });

  it('gives the file the name it has there', () => {
    expect(fileNameOf(new URL('https://example.org/a/my%20file.csv.gz?x=1'))).toBe(
      'my file.csv.gz',
    );
    expect(fileNameOf(new URL('https://example.org/'))).toBe('example.org');
  });

  it('goes without cookies, without a referrer, and follows nothing', async () => {
    const asked: unknown[] = [];
    const answer = await requestAddress('https://example.org/x.csv', quiet, {
      isOnline,
      ask: async (to, init) => {
        asked.push(to, init);
        return new Response('text\na');
      },
    });
    expect(answer).toMatchObject({ ok: true, name: 'x.csv' });
    expect(asked).toMatchObject([
      'https://example.org/x.csv',
      { credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'manual' },
    ]);
  });

  it('is not sent at all to an address that is refused', async () => {
    let asked = 0;
    await requestAddress('http://example.org/', quiet, {
      isOnline,
      ask: async () => {
        asked++;
        return new Response();
      },
    });
    expect(asked).toBe(0);
  });

  it('comes back as a reason where it does not come as a file', async () => {
    const reason = async (answer: () => Response) => {
      const read = await requestAddress('https://example.org/x', quiet, {
        isOnline,
        ask: async () => answer(),
      });
      return read.ok ? '' : read.reason;
    };
    expect(await reason(() => new Response('', { status: 404 }))).toContain('no such file (404)');
    expect(await reason(() => new Response('', { status: 403 }))).toContain(
      'does not give the file out (403)',
    );
    expect(
      await reason(
        () => new Response(null, { status: 302, headers: { Location: 'https://other.org' } }),
      ),
    ).toContain('nothing goes to one that you did not confirm');
    const long = { headers: { 'Content-Length': String(MAX_EGRESS_BYTES + 1) } };
    expect(await reason(() => new Response('x', long))).toContain('The file is larger than 512 MB');
    expect(
      await reason(() => {
        throw new TypeError('Failed to fetch');
      }),
    ).toContain('example.org could not be read');
    const broken = new ReadableStream({
      pull: (controller) => controller.error(new Error('gone')),
    });
    expect(await reason(() => new Response(broken))).toContain('broke off after 0.0 MB');
  });
});
