import { describe, expect, it } from 'vitest';
import { filePreview } from '#ui/layout/file-preview.ts';

const bytesOf = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;

describe('the beginning of a file', () => {
  it('is its first lines', () => {
    expect(filePreview(bytesOf('a,b\r\n1,2\r\n'), 'text/csv')).toEqual({
      lines: ['a,b', '1,2'],
      more: false,
    });
    const many = filePreview(bytesOf('x\n'.repeat(7)), 'text/plain');
    expect(many).toEqual({ lines: Array(6).fill('x'), more: true });
  });

  it('hides nothing, and is cut where a line is long', () => {
    expect(filePreview(bytesOf('a\u202eb'), 'text/csv')?.lines).toEqual(['a\\u202eb']);
    const long = filePreview(bytesOf('x'.repeat(20_000)), 'application/json');
    expect(long?.lines[0]?.length).toBe(301);
    expect(long?.more).toBe(true);
  });

  it('is not shown of what is no text', () => {
    expect(filePreview(bytesOf('PK'), 'application/zip')).toBeUndefined();
  });
});
