import assert from "node:assert/strict";
import { test } from "node:test";
import {
  follow,
  layoutAcross,
  layoutDown,
  type Layout,
  narrowed,
  neighbourTowards,
  orderLayers,
  type Picture,
} from "../src/core/layered";
import { shorten } from "../src/core/shorten";

function picture(orders: number): Picture {
  const nodes = [{ id: "cause", layer: 0, label: "stop" }];
  const edges: { source: string; target: string }[] = [];
  for (let index = 0; index < orders; index += 1) {
    nodes.push({ id: `wo${index}`, layer: 1, label: `WO ${index}` }, { id: `so${index}`, layer: 2, label: `SO ${index}` });
    edges.push({ source: "cause", target: `wo${index}` }, { source: `wo${index}`, target: `so${index}` });
  }
  return { label: "", layers: [{ label: "a" }, { label: "b" }, { label: "c" }], nodes, edges };
}

function overlaps({ places, nodeWidth, nodeHeight }: Layout): string[] {
  const hit: string[] = [];
  for (const [index, one] of places.entries()) {
    for (const other of places.slice(index + 1)) {
      const apart = Math.abs(one.x - other.x) >= nodeWidth || Math.abs(one.y - other.y) >= nodeHeight;
      if (!apart) hit.push(`${one.node.id} ${other.node.id}`);
    }
  }
  return hit;
}

function outside({ places, nodeWidth, nodeHeight, width, height }: Layout): string[] {
  const inside = (x: number, y: number): boolean =>
    x - nodeWidth / 2 >= 0 && x + nodeWidth / 2 <= width && y - nodeHeight / 2 >= 0 && y + nodeHeight / 2 <= height;
  return places.filter(({ x, y }) => !inside(x, y)).map(({ node }) => node.id);
}

test("two hundred boxes neither overlap nor leave the picture, in any layout", () => {
  const large = picture(100);
  const layouts = [
    layoutAcross(large, { width: 1300, nodeHeight: 44 }),
    layoutAcross(large, { width: 1300, nodeHeight: 28, tall: true }),
    layoutDown(large, { width: 340, nodeHeight: 48 }),
  ];

  assert.deepEqual(layouts.map(({ places }) => places.length), [201, 201, 201]);
  assert.deepEqual(layouts.flatMap(overlaps), []);
  assert.deepEqual(layouts.flatMap(outside), []);
});

test("a phone's picture is never wider than the phone", () => {
  assert.equal(layoutDown(picture(7), { width: 328, nodeHeight: 48 }).width, 328);
});

test("a picture too wide for the window keeps readable boxes and scrolls", () => {
  const layout = layoutAcross(picture(3), { width: 300, nodeHeight: 44 });

  assert.ok(layout.nodeWidth >= 132);
  assert.ok(layout.width > 300);
});

test("in a tall picture each path begins on the row of its first follower", () => {
  const { places } = layoutAcross(picture(30), { width: 1300, nodeHeight: 28, tall: true });
  const row = new Map(places.map(({ node, y }) => [node.id, y]));

  assert.equal(row.get("cause"), row.get("so0"));
  assert.equal(row.get("wo17"), row.get("so17"));
});

test("layers are reordered so that straight chains do not cross", () => {
  const crossed: Picture = {
    label: "",
    layers: [{ label: "a" }, { label: "b" }],
    nodes: [
      { id: "a1", layer: 0, label: "" },
      { id: "a2", layer: 0, label: "" },
      { id: "b2", layer: 1, label: "" },
      { id: "b1", layer: 1, label: "" },
    ],
    edges: [
      { source: "a1", target: "b1" },
      { source: "a2", target: "b2" },
    ],
  };

  assert.deepEqual(orderLayers(crossed)[1]?.map(({ id }) => id), ["b1", "b2"]);
});

test("the server's order is kept where it gives one", () => {
  const given = picture(3);
  const nodes = given.nodes.map((node, index) => ({ ...node, y: given.nodes.length - index }));

  assert.deepEqual(orderLayers({ ...given, nodes })[2]?.map(({ id }) => id), ["so2", "so1", "so0"]);
});

test("following a box finds what led to it and what follows, not its neighbours", () => {
  const { edges } = picture(3);

  assert.deepEqual([...follow(edges, "wo1")].sort(), ["cause", "so1", "wo1"]);
});

test("following ends in a loop", () => {
  const edges = [
    { source: "a", target: "b" },
    { source: "b", target: "a" },
  ];

  assert.deepEqual([...follow(edges, "a")].sort(), ["a", "b"]);
});

test("a loop in the records can still be laid out", () => {
  const looped = picture(20);
  const edges = [...looped.edges, { source: "so3", target: "wo1" }, { source: "wo1", target: "cause" }];

  assert.deepEqual(overlaps(layoutAcross({ ...looped, edges }, { width: 1300, nodeHeight: 28, tall: true })), []);
});

test("a narrowed picture keeps only edges between what it shows", () => {
  const small = narrowed(picture(3), new Set(["cause", "wo1", "so2"]));

  assert.deepEqual(small.edges, [{ source: "cause", target: "wo1" }]);
});

test("arrow keys walk from box to box", () => {
  const { places } = layoutAcross(picture(3), { width: 1300, nodeHeight: 44 });

  assert.equal(neighbourTowards(places, null, "ArrowRight"), "cause");
  assert.equal(neighbourTowards(places, "cause", "ArrowRight"), "wo1");
  assert.equal(neighbourTowards(places, "wo1", "ArrowDown"), "wo2");
  assert.equal(neighbourTowards(places, "wo2", "ArrowDown"), "wo2");
});

test("a long key loses its middle and fits", () => {
  const measure = (text: string): number => [...text].length;

  assert.equal(shorten("WO-2026-000123", 9, measure), "WO-2…0123");
  assert.equal(shorten("WO-1", 9, measure), "WO-1");
  assert.ok(measure(shorten("北辰家電股份有限公司", 5, measure)) <= 5);
});

test("an opened picture keeps each layer as a list from the top, in the server's order", () => {
  const nodes = [{ id: "cause", layer: 0, label: "stop", y: 0 }];
  const orders = Array.from({ length: 30 }, (_, at) => ({ id: `so${at}`, layer: 1, label: `SO ${at}`, y: at, ask: "follow=x" }));
  const edges = orders.map(({ id }) => ({ source: "cause", target: id }));
  const folded: Picture = { label: "", layers: [{ label: "a" }, { label: "b" }], nodes: [...nodes, ...orders], edges };

  const { places } = layoutAcross(folded, { width: 900, nodeHeight: 44, tall: true });

  const heights = places.filter(({ node }) => node.layer === 1).map(({ node, y }) => [node.id, y] as const);
  const sorted = [...heights].sort((left, right) => left[1] - right[1]);
  assert.deepEqual(heights, sorted);
  assert.equal(places[0]?.y, heights[0]?.[1]);
});
