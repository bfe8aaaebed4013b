import type { GraphNode } from './graph.ts';

export interface NodeBox {
  readonly node: GraphNode;
  readonly column: number;
  readonly row: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

export interface GraphLayout {
  readonly boxes: readonly NodeBox[];
  readonly edges: readonly {
    readonly key: string;
    readonly path: string;
    readonly arrow: string;
  }[];
  readonly width: number;
  readonly height: number;
  readonly stacked: boolean;
}

const GAP_X = 34;
const GAP_Y = 12;
const LEAST = 148;
const MOST = 420;
/** Below this width nodes stand one under the other. */
export const STACK_BELOW = 520;

/** Columns by longest path; a task whose place is not known yet stands in a column of its own, in the order of the flow. */
export function layoutGraph(
  nodes: readonly GraphNode[],
  width: number,
  height: number,
): GraphLayout {
  const stacked = width < STACK_BELOW;
  const columns = stacked ? nodes.map((node) => [node]) : columnsOf(nodes);
  const boxWidth = stacked ? width : boxWidthFor(width, columns.length);
  const boxes = columns.flatMap((column, c) =>
    column.map((node, r) => ({
      node,
      column: stacked ? 0 : c,
      row: stacked ? c : r,
      left: stacked ? 0 : c * (boxWidth + GAP_X),
      top: (stacked ? c : r) * (height + GAP_Y),
      width: boxWidth,
    })),
  );
  return {
    boxes,
    edges: edgesOf(boxes, height, stacked),
    width: Math.max(0, ...boxes.map((box) => box.left + box.width)),
    height: Math.max(0, ...boxes.map((box) => box.top + height)),
    stacked,
  };
}

const boxWidthFor = (width: number, columns: number): number =>
  Math.min(MOST, Math.max(LEAST, (width - (columns - 1) * GAP_X) / Math.max(1, columns)));

function columnsOf(nodes: readonly GraphNode[]): readonly (readonly GraphNode[])[] {
  const placed = nodes.filter((node) => node.state !== undefined);
  const depths = depthsOf(placed);
  const columns: GraphNode[][] = [];
  for (const node of placed) (columns[depths.get(node.id) ?? 0] ??= []).push(node);
  const known = columns.filter((column) => column !== undefined);
  return [...known, ...nodes.filter((node) => node.state === undefined).map((node) => [node])];
}

/** Longest path from a root. Only earlier nodes count as predecessors, so that a loop in the flow cannot turn this into one. */
function depthsOf(nodes: readonly GraphNode[]): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  for (const { id, dependsOn } of nodes) {
    const before = dependsOn.flatMap((name) => depths.get(name) ?? []);
    depths.set(id, before.length === 0 ? 0 : 1 + Math.max(...before));
  }
  return depths;
}

function edgesOf(boxes: readonly NodeBox[], height: number, stacked: boolean) {
  const byId = new Map(boxes.map((box) => [box.node.id, box]));
  return boxes.flatMap((to) =>
    to.node.dependsOn.flatMap((id) => {
      const from = byId.get(id);
      if (!from || !isDrawn(from, to, stacked)) return [];
      return [
        {
          key: `${id}>${to.node.id}`,
          ...(stacked ? down(from, to, height) : across(from, to, height)),
        },
      ];
    }),
  );
}

/** Stacked, only an edge between neighbours can be drawn without running through a node. */
const isDrawn = (from: NodeBox, to: NodeBox, stacked: boolean): boolean =>
  stacked ? to.row === from.row + 1 : to.column > from.column;

/** From right edge to left edge; the bend lies in the last gap, so that long edges share it and none ends inside a node. */
function across(from: NodeBox, to: NodeBox, height: number) {
  const x1 = from.left + from.width;
  const x2 = to.left - 1;
  const y1 = from.top + height / 2;
  const y2 = to.top + height / 2;
  const bend = Math.min(GAP_X / 2, 14);
  const path =
    y1 === y2
      ? `M${x1} ${y1}H${x2 - 5}`
      : `M${x1} ${y1}H${x2 - GAP_X}C${x2 - bend} ${y1} ${x2 - GAP_X + bend - 6} ${y2} ${x2 - 5} ${y2}`;
  return { path, arrow: `M${x2} ${y2}l-6 -4v8Z` };
}

function down(from: NodeBox, to: NodeBox, height: number) {
  const x = 20;
  const y2 = to.top - 1;
  return { path: `M${x} ${from.top + height}V${y2 - 4}`, arrow: `M${x} ${y2}l-4 -6h8Z` };
}

/** A gate: the same box with its sides drawn to points. */
export function gateOutline(width: number, height: number): string {
  const tip = 12;
  const w = width - 0.5;
  const h = height - 0.5;
  return `M${tip} .5H${w - tip}L${w} ${height / 2}L${w - tip} ${h}H${tip}L.5 ${height / 2}Z`;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** Where an arrow key leads: sideways along the edges, up and down within the column; without edges, in order. */
export function neighbour(
  layout: GraphLayout,
  id: string,
  direction: Direction,
): string | undefined {
  const i = layout.boxes.findIndex((box) => box.node.id === id);
  const box = layout.boxes[i];
  if (!box) return layout.boxes[0]?.node.id;
  const step = direction === 'right' || direction === 'down' ? 1 : -1;
  const inOrder = layout.boxes[i + step]?.node.id;
  if (layout.stacked) return inOrder;
  if (direction === 'up' || direction === 'down')
    return layout.boxes.find((b) => b.column === box.column && b.row === box.row + step)?.node.id;
  const along =
    direction === 'left'
      ? box.node.dependsOn[0]
      : layout.boxes.find((b) => b.node.dependsOn.includes(id))?.node.id;
  return along ?? inOrder;
}
