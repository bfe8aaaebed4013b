import { describe, expect, it } from 'vitest';
import type { HostRequest } from '#domain/host-api.ts';
import { NO_ROWS, packRows, rowText } from '#domain/rows.ts';
import { readSnapshot } from '#sdk/read-snapshot.ts';
import { hash } from '#tests/support/builders.ts';
import { someRows } from '#tests/support/import-rows.ts';

const rows = someRows(50);
const pieces = Array.from({ length: 10 }, (_, i) => packRows(rows.slice(5 * i, 5 * i + 5)));

function engine(announced: readonly { rows: number; bytes: number }[]) {
  const asked: HostRequest[] = [];
  const ask = async <T>(request: HostRequest): Promise<T> => {
    asked.push(request);
    if (request.method === 'readRows') return pieces[request.piece] as T;
    const whole = { day: 1, rows: packRows(rows.slice(0, 2)) };
    const split = { day: 2, rows: NO_ROWS, pieces: announced };
    return { dataset: 'mine', until: 2, contentHash: hash(1), days: [whole, split] } as T;
  };
  return { ask, asked };
}

const announced = pieces.map(({ count, text }) => ({ rows: count, bytes: text.length }));

describe('a snapshot whose days come in pieces', () => {
  it('is put together in order', async () => {
    const { ask, asked } = engine(announced);
    const { days } = await readSnapshot(ask, { dataset: 'mine' });
    expect(days[0]?.rows.count).toBe(2);
    const joined = days[1]?.rows ?? NO_ROWS;
    expect(joined).toEqual(packRows(rows));
    expect(rowText(joined, 49)).toBe('row number 49');
    expect(asked).toHaveLength(11);
  });

  it('is no snapshot when less comes than was announced', async () => {
    const { ask } = engine([...announced.slice(0, 9), { rows: 6, bytes: 99 }]);
    await expect(readSnapshot(ask, { dataset: 'mine' })).rejects.toThrow(
      '50 rows came where 51 were announced',
    );
  });
});
