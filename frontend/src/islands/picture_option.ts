// From a laid-out picture to what ECharts draws: one series of links, one of boxes.
import type { CustomSeriesOption, CustomSeriesRenderItemReturn } from "echarts";
import type { Layout, Picture, PictureEdge, PictureNode, Placed } from "../core/layered";
import { shorten } from "../core/shorten";
import type { Colours } from "./picture_colours";

export interface Look {
  readonly colours: Colours;
  readonly font: string;
  readonly fontSize: number;
  /** The nodes in focus; null when nothing is followed. */
  readonly followed: ReadonlySet<string> | null;
  readonly selected: string | null;
  /** Whether layers follow each other downwards instead of to the right. */
  readonly down: boolean;
  /** Whether links behind the boxes would only be noise until one path is followed. */
  readonly crowded: boolean;
  /** How wide a text is, in pixels. */
  measure(text: string, bold: boolean): number;
}

const FAINT = 0.16;
const RADIUS = 6;
const PADDING = 8;
const NOTE_FROM = 40;
// How well a link is proven is drawn by its stroke, never by colour.
const DASHES: Readonly<Record<string, number[]>> = { PROBABLE: [6, 4], POSSIBLE: [2, 3] };

/** Build the two series of a layered picture, in pixels of its canvas. */
export function seriesOf(picture: Picture, layout: Layout, look: Look): [CustomSeriesOption, CustomSeriesOption] {
  const places = new Map(layout.places.map((place) => [place.node.id, place]));
  // What is followed is drawn last, over the faint rest.
  const edges = [...picture.edges].sort((left, right) => Number(isOn(left, look)) - Number(isOn(right, look)));
  const shared = { type: "custom", coordinateSystem: "none", animation: false } as const;
  return [
    {
      ...shared,
      silent: true,
      data: edges.map((_, index) => index),
      renderItem: ({ dataIndex }) => linkShape(edges[dataIndex], { places, layout, look }),
    },
    {
      ...shared,
      data: layout.places.map((_, index) => index),
      renderItem: ({ dataIndex }) => boxShape(layout.places[dataIndex], { layout, look }),
    },
  ];
}

function isOn({ source, target }: PictureEdge, { followed }: Look): boolean {
  return followed !== null && followed.has(source) && followed.has(target);
}

function linkShape(
  edge: PictureEdge | undefined,
  { places, layout, look }: { places: ReadonlyMap<string, Placed>; layout: Layout; look: Look },
): CustomSeriesRenderItemReturn {
  const from = places.get(edge?.source ?? "");
  const to = places.get(edge?.target ?? "");
  if (edge === undefined || from === undefined || to === undefined) return null;
  const on = isOn(edge, look);
  return {
    type: "bezierCurve",
    shape: look.down ? curveDown(from, to, layout) : curveAcross(from, to, layout),
    style: {
      fill: "none",
      stroke: on ? look.colours.accent : look.colours.line,
      lineWidth: on ? 2.5 : 1.2,
      lineDash: DASHES[edge.class ?? ""] ?? "solid",
      opacity: on ? 1 : look.followed === null && !look.crowded ? 0.8 : FAINT,
    },
  };
}

interface Curve {
  [name: string]: number;
}

function curveAcross(from: Placed, to: Placed, { nodeWidth }: Layout): Curve {
  const forward = to.x > from.x ? 1 : -1;
  const x1 = from.x + (forward * nodeWidth) / 2;
  const x2 = to.x - (forward * nodeWidth) / 2;
  const middle = (x1 + x2) / 2;
  return { x1, y1: from.y, x2, y2: to.y, cpx1: middle, cpy1: from.y, cpx2: middle, cpy2: to.y };
}

function curveDown(from: Placed, to: Placed, { nodeHeight }: Layout): Curve {
  const forward = to.y > from.y ? 1 : -1;
  const y1 = from.y + (forward * nodeHeight) / 2;
  const y2 = to.y - (forward * nodeHeight) / 2;
  const middle = (y1 + y2) / 2;
  return { x1: from.x, y1, x2: to.x, y2, cpx1: from.x, cpy1: middle, cpx2: to.x, cpy2: middle };
}

function boxShape(
  place: Placed | undefined,
  { layout, look }: { layout: Layout; look: Look },
): CustomSeriesRenderItemReturn {
  if (place === undefined) return null;
  const { node, x, y } = place;
  const { nodeWidth: width, nodeHeight: height } = layout;
  const { colours } = look;
  const tone = colours.tones[node.tone ?? ""];
  const chosen = look.selected === node.id;
  const faint = look.followed !== null && !look.followed.has(node.id);
  const noted = node.note !== undefined && node.note !== "" && height >= NOTE_FROM;
  const room = width - 2 * PADDING;
  const line = (text: string, bold: boolean): string => shorten(text, room, (part) => look.measure(part, bold));
  const size = look.fontSize;
  const name = { ...textAt(x, noted ? y - size * 0.68 : y), text: line(node.label, true), opacity: faint ? 2 * FAINT : 1 };
  const note = { ...textAt(x, y + size * 0.72), text: line(node.note ?? "", false), opacity: faint ? 2 * FAINT : 1 };
  return {
    type: "group",
    children: [
      ...(node.count === undefined ? [] : stack(place, layout, look, faint)),
      {
        type: "rect",
        shape: { x: x - width / 2, y: y - height / 2, width, height, r: RADIUS },
        style: {
          fill: tone?.fill ?? colours.surface,
          stroke: chosen ? colours.accent : colours.line,
          lineWidth: chosen ? 3 : 1.2,
          lineDash: DASHES[node.class ?? ""] ?? "solid",
          opacity: faint ? FAINT : 1,
        },
      },
      { type: "text", silent: true, style: { ...name, fill: tone?.ink ?? colours.ink, font: `600 ${size}px ${look.font}` } },
      ...(noted
        ? [{ type: "text" as const, silent: true, style: { ...note, fill: tone?.ink ?? colours.quiet, font: `${size - 1}px ${look.font}` } }]
        : []),
    ],
  };
}

/** Two more edges behind a box: several are folded into it. */
function stack({ x, y }: Placed, { nodeWidth, nodeHeight }: Layout, { colours }: Look, faint: boolean): StackShape[] {
  return [4, 2].map((by) => ({
    type: "rect",
    silent: true,
    shape: { x: x - nodeWidth / 2 + by, y: y - nodeHeight / 2 + by, width: nodeWidth, height: nodeHeight, r: RADIUS },
    style: { fill: colours.surface, stroke: colours.line, lineWidth: 1.2, opacity: faint ? FAINT : 1 },
  }));
}

interface StackShape {
  type: "rect";
  silent: true;
  shape: { x: number; y: number; width: number; height: number; r: number };
  style: { fill: string; stroke: string; lineWidth: number; opacity: number };
}

function textAt(x: number, y: number): { x: number; y: number; align: "center"; verticalAlign: "middle" } {
  return { x, y, align: "center", verticalAlign: "middle" };
}

/** Return the node of a box that was clicked. */
export function nodeAt(layout: Layout, dataIndex: number): PictureNode | null {
  return layout.places[dataIndex]?.node ?? null;
}
