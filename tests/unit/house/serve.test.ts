import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, PortTaken, serve } from '#scripts/serve.mjs';

const folder = mkdtempSync(join(tmpdir(), 'nightshift-serve-'));
const root = join(folder, 'dist');
let site: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(root, 'index.html'), '<title>Nightshift</title>');
  writeFileSync(join(root, 'a name.txt'), 'text');
  writeFileSync(join(root, 'assets', 'main-Bx3k_9aZ.js'), 'export {}');
  writeFileSync(join(root, 'assets', 'kernel-Bx3k_9aZ.wasm'), new Uint8Array(8));
  symlinkSync(join(folder, 'secret.txt'), join(root, 'link.txt'));
  site = await serve({ root, port: 0, base: '/some/sub/app/' });
});

afterAll(async () => {
  await site.close();
  rmSync(folder, { recursive: true });
});

const get = (path: string, init?: RequestInit) => fetch(new URL(path, site.url), init);

/** `fetch` folds `..` away before it asks. */
const statusOf = (path: string) =>
  new Promise((done) => {
    request({ port: site.port, path }, (answer) => {
      done(answer.resume().statusCode);
    }).end();
  });

describe('the static server', () => {
  it('serves the start page of its folder and lets nobody keep it', async () => {
    const answer = await get('.');
    expect(await answer.text()).toBe('<title>Nightshift</title>');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  it('lets everybody keep what is named after its content', async () => {
    const answer = await get('assets/main-Bx3k_9aZ.js');
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it('says what WebAssembly is, so that it can be compiled while it arrives', async () => {
    const answer = await get('assets/kernel-Bx3k_9aZ.wasm');
    expect(answer.headers.get('content-type')).toBe('application/wasm');
  });

  it('lets a frame without an origin read', async () => {
    expect((await get('a%20name.txt')).headers.get('access-control-allow-origin')).toBe('*');
  });

  it('answers HEAD with the length and no body', async () => {
    const answer = await get('a%20name.txt?x#y', { method: 'HEAD' });
    expect(answer.headers.get('content-length')).toBe('4');
    expect(await answer.text()).toBe('');
  });

  it('leads to the folder when the slash was forgotten', async () => {
    expect((await get('/some/sub/app')).url).toBe(site.url);
  });

  it('says in words what is not there', async () => {
    const answer = await get('nothing.js');
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe('There is nothing at /some/sub/app/nothing.js.\n');
  });

  it.each([
    ['outside the base', '/index.html', 404],
    ['a folder', '/some/sub/app/assets', 404],
    ['a way up', '/some/sub/app/../../../secret.txt', 404],
    ['a way up from the folder', '/some/sub/app/../secret.txt', 404],
    ['a hidden way up', '/some/sub/app/%2e%2e/secret.txt', 404],
    ['a hidden way up and down', '/some/sub/app/%2e%2e%2fsecret.txt', 404],
    ['a backward way up', '/some/sub/app/..%5csecret.txt', 404],
    ['a link out of the folder', '/some/sub/app/link.txt', 404],
    ['half an escape', '/some/sub/app/%e', 400],
    ['a zero byte', '/some/sub/app/a%00b', 400],
  ])('refuses %s', async (_what, path, status) => {
    expect(await statusOf(path)).toBe(status);
  });

  it('refuses to change anything', async () => {
    expect((await get('.', { method: 'POST' })).status).toBe(405);
  });

  it('says when its port is taken', async () => {
    await expect(serve({ root, port: site.port })).rejects.toThrow(PortTaken);
  });

  it('finds a port that is free', async () => {
    const again = await serve({ root, port: await freePort() });
    expect((await fetch(again.url)).status).toBe(200);
    await again.close();
  });
});
