import { describe, expect, it } from 'vitest';
import { isWebAddress } from '#domain/artifacts.ts';
import { parseHostMessage } from '#domain/host-api.ts';

/** As it is after crossing a port. */
const refusalOf = (content: unknown, more: object = {}): string => {
  try {
    const request = { method: 'artifact', ordinal: 0, content, ...more };
    parseHostMessage(structuredClone({ id: 1, request }));
    return 'accepted';
  } catch (error) {
    return error instanceof Error ? error.message : 'thrown';
  }
};

const markdown = { type: 'markdown', markdown: '# Report' };
const table = { type: 'table', columns: ['a', 'b'], rows: [[1, null]] };
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a).buffer;
const image = { type: 'image', bytes: png, mediaType: 'image/png', alt: '' };
const file = { type: 'file', name: 'scores.csv', mediaType: 'text/csv', bytes: new ArrayBuffer(3) };
const chart = { type: 'chart', chart: 'bar', x: ['a'], series: [{ name: 'n', values: [1] }] };

describe('an artifact that an author worker sends', () => {
  it('is accepted when it is one', () => {
    for (const content of [
      markdown,
      table,
      { type: 'progress', progress: 33.3 },
      { type: 'link', url: 'https://example.org/' },
      image,
      file,
      chart,
    ])
      expect(refusalOf(content, { key: 'a-1', description: 'x' })).toBe('accepted');
  });

  it('is refused when its key, its kind or its content is another', () => {
    expect(refusalOf(markdown, { key: 'A' })).toContain('request.key');
    expect(refusalOf(markdown, { ordinal: -1 })).toContain('request.ordinal');
    expect(refusalOf({ type: 'html', html: '<b>' })).toContain('request.content.type');
    expect(refusalOf({ ...table, rows: [[1]] })).toContain('not as long as the columns');
    expect(refusalOf({ ...table, rows: [[1, NaN]] })).toContain('request.content.rows');
    expect(refusalOf({ ...table, rows: [[1, { x: 1 }]] })).toContain('request.content.rows');
    expect(refusalOf({ type: 'progress', progress: 101 })).toContain('request.content.progress');
    expect(refusalOf({ type: 'link', url: 'javascript:alert(1)' })).toContain('no http or https');
    expect(refusalOf({ ...image, mediaType: 'image/svg+xml' })).toContain('mediaType');
    expect(refusalOf({ ...image, mediaType: 'image/gif' })).toContain('no such image');
    expect(refusalOf({ ...image, bytes: [1] })).toContain('request.content.bytes');
    for (const name of ['../x.csv', '.hidden', 'a/b', 'a\\b', 'x'.repeat(101), 'x.', 'CON:'])
      expect(refusalOf({ ...file, name })).toContain('request.content.name');
    expect(refusalOf({ ...file, mediaType: 'text/html;x="y"' })).toContain('mediaType');
    expect(refusalOf({ ...file, bytes: 'abc' })).toContain('request.content.bytes');
    expect(refusalOf({ ...chart, x: ['a', 'b'] })).toContain('not as long as x');
    expect(refusalOf({ ...chart, series: [{ name: 'n', values: [NaN] }] })).toContain('series');
  });

  it('is refused when it is too large', () => {
    const long = 'x'.repeat(1_048_577);
    expect(refusalOf({ type: 'markdown', markdown: long })).toContain('too long');
    expect(refusalOf({ ...table, columns: ['a', long] })).toContain('too long');
    const rows = Array.from({ length: 10_001 }, () => [1, 2]);
    expect(refusalOf({ ...table, rows })).toContain('request.content.rows');
    const long32 = new ArrayBuffer(32 * 1024 * 1024 + 1);
    expect(refusalOf({ ...file, bytes: long32 })).toContain('longer than 33554432');
    const bytes = new ArrayBuffer(4 * 1024 * 1024 + 1);
    new Uint8Array(bytes).set(new Uint8Array(png));
    expect(refusalOf({ ...image, bytes })).toContain('longer than 4194304');
  });
});

describe('a web address', () => {
  it('is http or https with a host, and without a name or password', () => {
    for (const good of ['https://a.example', 'http://localhost:8080/x?y#z', 'https://a.example/@b'])
      expect(isWebAddress(good), good).toBe(true);
    for (const bad of [
      'javascript://a.example/%0aalert(1)',
      ' https://a.example',
      'https://a.example/x y',
      'https://user@a.example/',
      'https:/a.example',
      'https://',
      'https://a\\b@c.example',
      '',
    ])
      expect(isWebAddress(bad), bad).toBe(false);
  });
});

describe('an event that an author worker sends', () => {
  const refusal = (change: object): string => {
    try {
      const request = { method: 'emitEvent', ordinal: 0, name: 'model.drifted', ...change };
      parseHostMessage(structuredClone({ id: 1, request }));
      return 'accepted';
    } catch (error) {
      return error instanceof Error ? error.message : 'thrown';
    }
  };

  it('has a name, and data as text of a bounded length', () => {
    expect(refusal({})).toBe('accepted');
    expect(refusal({ data: '{"psi":0.3}' })).toBe('accepted');
    expect(refusal({ name: '' })).toContain('request.name');
    expect(refusal({ name: 'two\nlines' })).toContain('request.name');
    expect(refusal({ data: { psi: 1 } })).toContain('request.data');
    expect(refusal({ data: 'x'.repeat(16_385) })).toContain('request.data');
  });
});
