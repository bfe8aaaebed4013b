import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute, runRouteTo } from '#ui/live/route.ts';

describe('an address', () => {
  it.each([
    ['', { name: 'lab' }],
    ['#', { name: 'lab' }],
    ['#/', { name: 'lab' }],
    ['#/runs', { name: 'runs' }],
    ['#/runs/', { name: 'runs' }],
    ['#/runs/fr_1', runRouteTo('fr_1')],
    ['#/runs/fr_1/extract-0/2', runRouteTo('fr_1', { taskRun: 'extract-0', attempt: 2 })],
    ['#/runs/fr_1/extract-0', runRouteTo('fr_1', { taskRun: 'extract-0', attempt: 1 })],
    ['#/data', { name: 'data' }],
    ['#/data/', { name: 'data' }],
    ['#/data/my%20rows', { name: 'data', dataset: 'my rows' }],
    ['#/s/1.q64FAA', { name: 'shared', link: '1.q64FAA' }],
    ['#/s/', { name: 'shared', link: '' }],
  ])('%s is a view', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
  });

  it('holds the filters of the log', () => {
    const route = {
      ...runRouteTo('fr_1'),
      tab: 'why',
      filter: { task: 'extract', attempt: 1, level: 'WARNING', text: 'a & b = c?' },
    } as const;
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it('forgets filters that make no sense', () => {
    expect(parseRoute('#/runs/fr_1?attempt=-1&level=LOUD&tab=x')).toEqual(runRouteTo('fr_1'));
  });

  it('comes back with letters that mean something in addresses', () => {
    const data = { name: 'data', dataset: 'größe %.?#' } as const;
    expect(parseRoute(formatRoute(data))).toEqual(data);
    const route = runRouteTo('a/b?c', { taskRun: 'größe %/?#', attempt: 3 });
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it.each([
    '#/models',
    '#/data/a/b',
    '#/runs/a/b/c/d',
    '#/runs/a/b/0',
    '#/runs/a/b/x',
    '#/%E0%A4%A',
  ])('%s is unknown, and keeps what was asked for', (hash) => {
    expect(parseRoute(hash)).toEqual({ name: 'unknown', address: hash.slice(1) });
  });
});
