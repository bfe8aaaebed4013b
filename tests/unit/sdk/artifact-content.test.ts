import { describe, expect, it } from 'vitest';
import { chartOf, fileOf, imageOf, linkOf, markdownOf, refuseLong } from '#sdk/artifact-content.ts';
import { imageTypeOf } from '#domain/artifacts.ts';

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13);
const webp = Uint8Array.from([...'RIFF....WEBP'].map((one) => one.charCodeAt(0)));

describe('a link', () => {
  it('is kept as the browser would go to it', () => {
    expect(linkOf('https://example.org', 'Example')).toEqual({
      type: 'link',
      url: 'https://example.org/',
      text: 'Example',
    });
    expect(linkOf('HTTP://EXAMPLE.org/a b?c#d', undefined).url).toBe(
      'http://example.org/a%20b?c#d',
    );
    expect(linkOf('https://ex\u0430mple.org/', undefined).url).toBe('https://xn--exmple-4nf.org/');
  });

  it('is refused unless it is http or https, and names nobody', () => {
    for (const url of [
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'ftp://example.org',
      'blob:https://example.org/1',
      '//example.org',
      '/path',
      '',
      'https://',
      'https://bank.example@evil.example/',
      'https://a:b@evil.example/',
      `https://example.org/${'x'.repeat(2000)}`,
      7 as never,
      undefined as never,
    ] as readonly string[])
      expect(() => linkOf(url, undefined), url).toThrow('artifact.link takes a whole http');
    expect(() => linkOf('https://a.example', 7 as never)).toThrow('its text must be text, not 7');
  });
});

describe('a file', () => {
  it('is text as UTF-8, or bytes that are copied', () => {
    const { bytes, ...rest } = fileOf({ name: 'scores.csv', mediaType: 'text/csv', content: 'é' });
    expect(rest).toEqual({ type: 'file', name: 'scores.csv', mediaType: 'text/csv' });
    expect([...new Uint8Array(bytes)]).toEqual([0xc3, 0xa9]);
    const content = Uint8Array.of(0, 1, 2, 3).subarray(1, 3);
    const copy = fileOf({ name: 'm.bin', mediaType: 'application/octet-stream', content });
    content.fill(9);
    expect([...new Uint8Array(copy.bytes)]).toEqual([1, 2]);
  });

  it('has a name that is safe in every folder', () => {
    for (const name of ['', '../a.csv', 'a/b.csv', '.csv', 'a.csv.', 'nul\u0000', 'x'.repeat(101)])
      expect(() => fileOf({ name, mediaType: 'text/csv', content: '' }), name).toThrow(
        "like 'scores.csv'",
      );
  });

  it('says what is wrong with it', () => {
    const file = { name: 'a.csv', mediaType: 'text/csv', content: 'x' };
    expect(() => fileOf({ ...file, mediaType: 'csv' })).toThrow("mediaType is like 'text/csv'");
    expect(() => fileOf({ ...file, content: 7 as never })).toThrow(
      'is text or a Uint8Array, not 7',
    );
    const content = new Uint8Array(32 * 1024 * 1024 + 1);
    expect(() => fileOf({ ...file, content })).toThrow('33554432 is the limit. Make two of it.');
  });
});

describe('an image', () => {
  it('is what its bytes begin as', () => {
    expect(imageOf(png, { mediaType: 'image/png', alt: 'a dot' })).toEqual({
      type: 'image',
      bytes: png.buffer,
      mediaType: 'image/png',
      alt: 'a dot',
    });
    expect(imageOf(webp.buffer, { mediaType: 'image/webp', alt: '' }).mediaType).toBe('image/webp');
    expect(imageTypeOf(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toBe('image/jpeg');
    expect(imageTypeOf(new TextEncoder().encode('GIF89a...'))).toBe('image/gif');
  });

  it('is copied: what is done to the bytes later does not matter', () => {
    const bytes = png.slice();
    const image = imageOf(bytes, { mediaType: 'image/png', alt: '' });
    bytes.fill(0);
    expect(new Uint8Array(image.bytes)).toEqual(png);
  });

  it('is refused when it is another or none, an SVG above all', () => {
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>');
    expect(() => imageOf(svg, { mediaType: 'image/svg+xml' as never, alt: '' })).toThrow(
      'the bytes are no image that is known, and mediaType is "image/svg+xml"',
    );
    expect(() => imageOf(png, { mediaType: 'image/gif', alt: '' })).toThrow(
      'the bytes are image/png, and mediaType is "image/gif"',
    );
    expect(() => imageOf('bytes' as never, { mediaType: 'image/png', alt: '' })).toThrow(
      'takes the bytes of an image as a Uint8Array, not "bytes"',
    );
    expect(() => imageOf(png, { mediaType: 'image/png' } as never)).toThrow(
      'alt, which says what it shows, must be text, not undefined',
    );
  });

  it('is refused when it is too large', () => {
    const large = new Uint8Array(4 * 1024 * 1024 + 1);
    large.set(png);
    expect(() => imageOf(large, { mediaType: 'image/png', alt: '' })).toThrow(
      '4194305 bytes, and 4194304 is the limit',
    );
  });
});

describe('a chart', () => {
  it('has gaps where its values are no numbers', () => {
    expect(chartOf({ kind: 'line', x: [1, 2, 3], series: { loss: [0.9, NaN, null] } })).toEqual({
      type: 'chart',
      chart: 'line',
      x: [1, 2, 3],
      series: [{ name: 'loss', values: [0.9, null, null] }],
    });
  });

  it('is refused with what is wrong', () => {
    const good = { kind: 'bar', x: ['a', 'b'], series: { n: [1, 2] } } as const;
    const refused = (change: object) => () => chartOf({ ...good, ...change });
    expect(refused({ kind: 'pie' })).toThrow("kind is 'line' or 'bar', not \"pie\"");
    expect(refused({ x: [{}] })).toThrow('x is a list of numbers or of names');
    expect(refused({ x: [NaN] })).toThrow('x is a list of numbers or of names');
    expect(refused({ series: {} })).toThrow('it has no series');
    expect(refused({ series: undefined })).toThrow('it has no series');
    expect(refused({ series: { n: [1] } })).toThrow(
      'series "n" must have 2 values, as many as x, not 1',
    );
    expect(refused({ series: { n: 'ab' } })).toThrow('not "ab"');
    expect(refused({ series: { n: [1, '2'] } })).toThrow('series "n", value 2 is "2", no number');
    const nine = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`s${i}`, [1, 2]]));
    expect(refused({ series: nine })).toThrow('9 series, and 8 is the limit');
    const long = Array.from({ length: 10_001 }, (_, i) => i);
    expect(refused({ x: long, series: { n: long } })).toThrow(
      '10001 points, and 10000 is the limit',
    );
    expect(refused({ xLabel: 7 })).toThrow('xLabel must be text, not 7');
    expect(refused({ yLabel: 'x'.repeat(201) })).toThrow('yLabel is longer than 200 characters');
  });
});

describe('Markdown', () => {
  it('is text', () => {
    expect(markdownOf('# Report')).toEqual({ type: 'markdown', markdown: '# Report' });
    expect(() => markdownOf(7 as never)).toThrow(
      'artifact.markdown: what it is given must be text, not 7',
    );
  });

  it('is refused when it is longer than a message may be', () => {
    expect(() => refuseLong(markdownOf('x'.repeat(1_048_577)))).toThrow(
      'artifact.markdown: its content is 1048577 characters long, and 1048576 is the limit',
    );
  });
});
