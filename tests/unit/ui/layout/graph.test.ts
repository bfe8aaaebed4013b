import { describe, expect, it } from 'vitest';
import { graphNodes, type GraphNode } from '#ui/layout/graph.ts';
import { layoutGraph, neighbour } from '#ui/layout/graph-layout.ts';
import { START } from '#tests/unit/ui/run-builder.ts';
import * as examples from '#tests/unit/ui/run-examples.ts';

const details = (nodes: readonly GraphNode[]) => nodes.map(({ name, detail }) => [name, detail]);
const node = (id: string, dependsOn: readonly string[] = [], state = true): GraphNode => ({
  id,
  name: id,
  detail: '',
  dependsOn,
  ...(state ? { state: { type: 'COMPLETED', name: 'Completed' } as const } : {}),
});

describe('the nodes of a graph', () => {
  it('before a run are the tasks of the flow, not started and without edges', () =>
    expect(graphNodes(undefined, examples.FLOW, 0)).toEqual(
      examples.TASKS.map((name) => ({ id: name, name, detail: '', dependsOn: [] })),
    ));

  it('say what each task did', () =>
    expect(details(graphNodes(examples.promoted().view(), examples.FLOW, 0))).toEqual([
      ['extract', '3 attempts, waited 10.0 s'],
      ['train', '2,880 reviews, 0.26 s'],
      ['evaluate', '0.928, 0.02 s'],
      ['promote', 'sentiment v4'],
    ]));

  it('depend on the tasks whose results they were given', () =>
    expect(
      graphNodes(examples.promoted().view(), examples.FLOW, 0).map(({ dependsOn }) => dependsOn),
    ).toEqual([[], ['extract'], ['train', 'extract'], ['train', 'evaluate']]));

  it('say why and how long a task waits', () =>
    expect(
      graphNodes(examples.firstFailure().view(), examples.FLOW, START + 2700)[0],
    ).toMatchObject({
      word: 'Retry in 2.7 s',
      detail: 'source unavailable',
      attempts: { made: 1, allowed: 3 },
    }));

  it('are a gate where a verdict was given', () => {
    const gates = graphNodes(examples.rejected().view(), examples.FLOW, 0).filter(
      ({ gate }) => gate,
    );
    expect(details(gates)).toEqual([['promote', '0.806 is below 0.900']]);
  });

  it('tell many task runs of one task together', () => {
    const shard = graphNodes(examples.manyTasks().view(), undefined, 0).find(
      ({ id }) => id === 'shard',
    );
    expect(shard).toMatchObject({
      detail: '32 of 40 completed',
      state: { type: 'RUNNING' },
      dependsOn: ['extract'],
    });
    expect(shard).not.toHaveProperty('attempts');
  });
});

describe('the layout of a graph', () => {
  const diamond = [node('a'), node('b', ['a']), node('c', ['a']), node('d', ['b', 'c'])];

  it('puts a task one column after the last one it depends on', () => {
    const { boxes } = layoutGraph(diamond, 900, 64);
    expect(boxes.map(({ node: { id }, column, row }) => [id, column, row])).toEqual([
      ['a', 0, 0],
      ['b', 1, 0],
      ['c', 1, 1],
      ['d', 2, 0],
    ]);
  });

  it('keeps tasks that are not reached yet in the order of the flow, each in a column of its own', () => {
    const { boxes, edges } = layoutGraph(
      [node('a'), node('b', [], false), node('c', [], false)],
      900,
      64,
    );
    expect(boxes.map(({ column }) => column)).toEqual([0, 1, 2]);
    expect(edges).toEqual([]);
  });

  it('does not loop where two tasks depend on each other', () => {
    const { boxes } = layoutGraph([node('a', ['b']), node('b', ['a'])], 900, 64);
    expect(boxes.map(({ column }) => column)).toEqual([0, 1]);
  });

  it('stacks the tasks where there is no room beside each other', () => {
    const { boxes, stacked, width } = layoutGraph(diamond, 320, 64);
    expect(stacked).toBe(true);
    expect(width).toBe(320);
    expect(boxes.map(({ row }) => row)).toEqual([0, 1, 2, 3]);
  });

  it('lets arrow keys follow the edges, and the order where there is none', () => {
    const layout = layoutGraph(diamond, 900, 64);
    expect(neighbour(layout, 'a', 'right')).toBe('b');
    expect(neighbour(layout, 'd', 'left')).toBe('b');
    expect(neighbour(layout, 'b', 'down')).toBe('c');
    expect(neighbour(layout, 'b', 'up')).toBeUndefined();
    expect(
      neighbour(layoutGraph([node('a', [], false), node('b', [], false)], 900, 64), 'a', 'right'),
    ).toBe('b');
  });
});
