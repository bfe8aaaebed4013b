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
    ['#/models', { name: 'models' }],
    ['#/models/sentiment', { name: 'models', model: 'sentiment' }],
    ['#/models/sentiment/0', { name: 'models', model: 'sentiment', version: 0 }],
    [
      '#/models/my%20model/compare/2/3',
      { name: 'models', model: 'my model', version: 2, against: 3 },
    ],
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

  it.each([
    { name: 'models', model: 'größe ., x' },
    { name: 'models', model: 'a', version: 3 },
    { name: 'models', model: 'a', version: 3, against: 0 },
  ] as const)('of models comes back: %o', (route) => {
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it('comes back with letters that mean something in addresses', () => {
    const data = { name: 'data', dataset: 'größe %.?#' } as const;
    expect(parseRoute(formatRoute(data))).toEqual(data);
    const route = runRouteTo('a/b?c', { taskRun: 'größe %/?#', attempt: 3 });
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it.each([
    '#/data/a/b',
    '#/nowhere',
    '#/models/a/x',
    '#/models/a/1/2',
    '#/models/a/compare/1',
    '#/runs/a/b/c/d',
    '#/runs/a/b/0',
    '#/runs/a/b/x',
    '#/%E0%A4%A',
  ])('%s is unknown, and keeps what was asked for', (hash) => {
    expect(parseRoute(hash)).toEqual({ name: 'unknown', address: hash.slice(1) });
  });
});
