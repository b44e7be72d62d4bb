// Where the nodes of a layered picture stand. Pure geometry: no canvas, no document.

export interface PictureNode {
  readonly id: string;
  readonly layer: number;
  readonly label: string;
  readonly note?: string;
  readonly type?: string;
  readonly class?: string;
  readonly tone?: string;
  readonly href?: string;
  /** What to ask the server for when it is pressed: to unfold it, or to see its paths alone. */
  readonly ask?: string;
  /** How many are folded into it. */
  readonly count?: number;
  /** Row within the layer, in rows; the server's word, else computed. */
  readonly y?: number;
}

export interface PictureEdge {
  readonly source: string;
  readonly target: string;
  readonly class?: string;
}

export interface Picture {
  readonly label: string;
  readonly layers: readonly { readonly label: string }[];
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
}

export interface Placed {
  readonly node: PictureNode;
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly places: readonly Placed[];
  readonly width: number;
  readonly height: number;
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  /** Where each layer begins along the picture's direction, for its heading. */
  readonly starts: readonly number[];
}

export interface LayoutOptions {
  readonly width: number;
  readonly nodeHeight: number;
  /** Taller than the window: rows instead of a centred picture. */
  readonly tall?: boolean;
}

const GAP = 8;
const MARGIN = 8;
const LANE = 56;
const HEADING = 28;
const NARROWEST = 132;
const WIDEST = 240;
const SWEEPS = 4;

/** Return the nodes of each layer as the server ordered them: by `y`, else as they came, worst first. */
function givenLayers(picture: Picture): PictureNode[][] {
  const layers: PictureNode[][] = picture.layers.map(() => []);
  for (const node of picture.nodes) layers[node.layer]?.push(node);
  return layers.map((layer) => layer.sort((left, right) => (left.y ?? 0) - (right.y ?? 0)));
}

/** Return the nodes of each layer in the server's order if it gave one, else so that few edges cross. */
export function orderLayers(picture: Picture): PictureNode[][] {
  const layers = givenLayers(picture);
  if (picture.nodes.every((node) => node.y !== undefined)) return layers;
  const neighbours = neighboursOf(picture.edges);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const down = sweep % 2 === 0;
    const order = down ? layers.keys() : [...layers.keys()].reverse();
    for (const index of order) layers[index] = sortByNeighbours(layers, index, { neighbours, down });
  }
  return layers;
}

function sortByNeighbours(
  layers: readonly PictureNode[][],
  index: number,
  { neighbours, down }: { neighbours: ReadonlyMap<string, ReadonlySet<string>>; down: boolean },
): PictureNode[] {
  const position = new Map<string, number>();
  for (const [other, layer] of layers.entries()) {
    if (down ? other >= index : other <= index) continue;
    for (const [row, node] of layer.entries()) position.set(node.id, (row + 0.5) / layer.length);
  }
  const own = layers[index] ?? [];
  const centre = (node: PictureNode, row: number): number => {
    const rows = [...(neighbours.get(node.id) ?? [])].flatMap((id) => position.get(id) ?? []);
    // A node that nothing leads to keeps its place.
    return rows.length === 0 ? (row + 0.5) / own.length : rows.reduce((sum, value) => sum + value, 0) / rows.length;
  };
  return own
    .map((node, row) => ({ node, at: centre(node, row), row }))
    .sort((left, right) => left.at - right.at || left.row - right.row)
    .map(({ node }) => node);
}

function neighboursOf(edges: readonly PictureEdge[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const link = (from: string, to: string): void => {
    const known = found.get(from);
    if (known === undefined) found.set(from, new Set([to]));
    else known.add(to);
  };
  for (const { source, target } of edges) {
    link(source, target);
    link(target, source);
  }
  return found;
}

/** Lay the layers out from left to right: a small picture around its middle, a tall one as a tree from the top. */
export function layoutAcross(picture: Picture, { width, nodeHeight, tall = false }: LayoutOptions): Layout {
  const layers = tall ? givenLayers(picture) : orderLayers(picture);
  const count = Math.max(1, layers.length);
  const free = (width - 2 * MARGIN - (count - 1) * LANE) / count;
  const nodeWidth = Math.round(Math.min(WIDEST, Math.max(NARROWEST, free)));
  const step = count === 1 ? 0 : Math.max(nodeWidth + LANE, (width - 2 * MARGIN - nodeWidth) / (count - 1));
  const row = nodeHeight + GAP;
  const rows = !tall ? centredRows(layers) : isFolded(picture) ? topRows(layers) : treeRows(layers, picture.edges);
  const height = (Math.max(0, ...rows.values()) + 1) * row + GAP;
  const starts = layers.map((_, index) => MARGIN + index * step);
  const places = layers.flat().map((node) => ({
    node,
    x: (starts[node.layer] ?? 0) + nodeWidth / 2,
    y: GAP / 2 + (rows.get(node.id) ?? 0) * row + row / 2,
  }));
  const needed = MARGIN * 2 + (count - 1) * step + nodeWidth;
  return { places, width: Math.max(width, needed), height, nodeWidth, nodeHeight, starts };
}

/** Whether the server folded nodes into boxes: then each layer is a list of its own, from the top. */
function isFolded(picture: Picture): boolean {
  return picture.nodes.some((node) => node.ask !== undefined);
}

function topRows(layers: readonly (readonly PictureNode[])[]): Map<string, number> {
  return new Map(layers.flatMap((layer) => layer.map((node, at) => [node.id, at] as const)));
}

function centredRows(layers: readonly (readonly PictureNode[])[]): Map<string, number> {
  const most = Math.max(1, ...layers.map((layer) => layer.length));
  return new Map(layers.flatMap((layer) => layer.map((node, at) => [node.id, (most - layer.length) / 2 + at] as const)));
}

/** Give each node the row of its first follower, so that a path reads along one line wherever one scrolls. */
export function treeRows(
  layers: readonly (readonly PictureNode[])[],
  edges: readonly PictureEdge[],
): Map<string, number> {
  const ordered = layers.flat();
  const nodes = new Map(ordered.map((node) => [node.id, node]));
  const followers = new Map<string, PictureNode[]>();
  for (const { source, target } of edges) {
    const node = nodes.get(target);
    if (node !== undefined) followers.set(source, [...(followers.get(source) ?? []), node]);
  }
  const position = new Map(ordered.map((node, index) => [node.id, index]));
  const rows = new Map<string, number>();
  const nextFree = layers.map(() => 0);
  const place = (node: PictureNode, row: number): number => {
    const own = Math.max(row, nextFree[node.layer] ?? 0);
    rows.set(node.id, own);
    nextFree[node.layer] = own + 1;
    let next = own;
    const below = [...(followers.get(node.id) ?? [])];
    below.sort((left, right) => (position.get(left.id) ?? 0) - (position.get(right.id) ?? 0));
    for (const follower of below) if (!rows.has(follower.id)) next = place(follower, next);
    return Math.max(own + 1, next);
  };
  let row = 0;
  for (const node of ordered) if (!rows.has(node.id)) row = place(node, row);
  return rows;
}

/** Lay the layers out from top to bottom, each a band of two columns: for a phone held upright. */
export function layoutDown(picture: Picture, { width, nodeHeight, tall = false }: LayoutOptions): Layout {
  const layers = tall ? givenLayers(picture) : orderLayers(picture);
  const columns = width >= 300 ? 2 : 1;
  const nodeWidth = Math.floor((width - 2 * MARGIN - (columns - 1) * GAP) / columns);
  const row = nodeHeight + GAP;
  const starts: number[] = [];
  const places: Placed[] = [];
  let top = 0;
  for (const layer of layers) {
    starts.push(top);
    const alone = layer.length === 1;
    for (const [index, node] of layer.entries()) {
      const column = index % columns;
      const x = alone ? width / 2 : MARGIN + nodeWidth / 2 + column * (nodeWidth + GAP);
      places.push({ node, x, y: top + HEADING + Math.floor(index / columns) * row + row / 2 });
    }
    top += HEADING + Math.max(1, Math.ceil(layer.length / columns)) * row;
  }
  return { places, width, height: top + GAP, nodeWidth, nodeHeight, starts };
}

/** Return everything that leads to a node and everything that follows from it, itself included. */
export function follow(edges: readonly PictureEdge[], id: string): Set<string> {
  const up = new Map<string, string[]>();
  const down = new Map<string, string[]>();
  for (const { source, target } of edges) {
    up.set(target, [...(up.get(target) ?? []), source]);
    down.set(source, [...(down.get(source) ?? []), target]);
  }
  return new Set([...reach(up, id), ...reach(down, id)]);
}

function reach(next: ReadonlyMap<string, readonly string[]>, start: string): Set<string> {
  const seen = new Set([start]);
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const other of next.get(id) ?? []) {
      if (seen.has(other)) continue;
      seen.add(other);
      open.push(other);
    }
  }
  return seen;
}

/** Keep only some of a picture's nodes, and the edges between them. */
export function narrowed(picture: Picture, ids: ReadonlySet<string>): Picture {
  return {
    ...picture,
    nodes: picture.nodes.filter((node) => ids.has(node.id)),
    edges: picture.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target)),
  };
}

export type Arrow = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/** Return the node to which an arrow key moves from `id`: the nearest one in that direction. */
export function neighbourTowards(places: readonly Placed[], id: string | null, arrow: Arrow): string | null {
  const here = places.find((place) => place.node.id === id);
  if (here === undefined) return places[0]?.node.id ?? null;
  let best: Placed | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const place of places) {
    const across = place.x - here.x;
    const along = place.y - here.y;
    const [ahead, aside] = arrow === "ArrowLeft" ? [-across, along]
      : arrow === "ArrowRight" ? [across, along]
      : arrow === "ArrowUp" ? [-along, across]
      : [along, across];
    if (ahead <= 0.5) continue;
    // A step aside costs twice as much as one ahead, so that the row or column is kept.
    const cost = ahead + 2 * Math.abs(aside);
    if (cost < least) {
      least = cost;
      best = place;
    }
  }
  return best === null ? here.node.id : best.node.id;
}
