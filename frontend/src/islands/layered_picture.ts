// What <ko-ripple> and <ko-genealogy> share: draw, follow a path by click or keys, fall back to a list.
import { CustomChart } from "echarts/charts";
import { init, use, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { ask } from "../core/ask";
import { element } from "../core/assets";
import {
  type Arrow,
  follow,
  type Layout,
  layoutAcross,
  layoutDown,
  narrowed,
  neighbourTowards,
  type Picture,
  type PictureNode,
} from "../core/layered";
import { say } from "../core/texts";
import { coloursAt } from "./picture_colours";
import { nodeAt, seriesOf } from "./picture_option";

use([CustomChart, CanvasRenderer]);

const FONT_SIZE = 13;
const NARROW = 560;
// From this many rows on, the picture is read from the top, and from that many on, nodes are one line high.
const CROWDED = 16;
const VERY_CROWDED = 80;
// A picture taller than this many window heights shows, while following, only what is followed.
const TALL = 1.2;
// Browsers refuse canvases much taller than this; the list then stands alone.
const TALLEST = 12_000;

// A live refresh replaces the element: what was being followed is found again by the element's id.
const remembered = new Map<string, string>();

export abstract class LayeredPictureElement extends HTMLElement {
  protected abstract readonly hint: string;
  #picture: Picture | null = null;
  #chart: EChartsType | null = null;
  #layout: Layout | null = null;
  #selected: string | null = null;
  #resize: ResizeObserver | null = null;
  #width = 0;
  readonly #scroll = element("div", { className: "ko-picture-scroll" });
  readonly #heads = element("div", { className: "ko-picture-heads" });
  readonly #canvas = element("div", { className: "ko-picture-canvas" });
  readonly #path = element("div", { className: "ko-picture-path" });
  readonly #all = element("button", { className: "btn btn-sm", text: "" });
  readonly #redraw = (): void => this.#draw();

  connectedCallback(): void {
    // Not in a script element: those are taken out of every fragment that is swapped in.
    const source = this.querySelector<HTMLTemplateElement>("template[data-picture]");
    if (source === null) return;
    this.#picture = JSON.parse(source.content.textContent ?? "null") as Picture | null;
    if (this.#picture === null || this.#picture.nodes.length === 0) return;
    if (this.#scroll.parentElement === null) this.#build(this.#picture);
    const kept = remembered.get(this.id);
    this.#selected = this.#picture.nodes.some((node) => node.id === kept) ? (kept ?? null) : null;
    document.addEventListener("ko:theme", this.#redraw);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.#redraw);
    this.#resize = new ResizeObserver(() => {
      if (this.#scroll.clientWidth !== this.#width) this.#draw();
    });
    this.#resize.observe(this.#scroll);
    this.#draw();
  }

  disconnectedCallback(): void {
    document.removeEventListener("ko:theme", this.#redraw);
    matchMedia("(prefers-color-scheme: dark)").removeEventListener("change", this.#redraw);
    this.#resize?.disconnect();
    this.#chart?.dispose();
    this.#chart = null;
  }

  #build(picture: Picture): void {
    const list = element("details", { className: "ko-picture-list" });
    list.append(element("summary", { text: say("picture_as_list") }));
    for (const child of [...this.children]) if (child.localName !== "template") list.append(child);
    const bar = element("div", { className: "ko-picture-bar" });
    this.#all.type = "button";
    this.#all.textContent = say("picture_all");
    this.#all.addEventListener("click", () => this.#select(null));
    bar.append(this.#path, this.#all);
    // By its id the focus finds back after a swap.
    this.#scroll.id = `${this.id}-picture`;
    this.#scroll.tabIndex = 0;
    this.#scroll.setAttribute("role", "group");
    this.#scroll.setAttribute("aria-label", picture.label);
    this.#scroll.addEventListener("keydown", (event) => this.#pressed(event));
    this.#canvas.setAttribute("aria-hidden", "true");
    this.#heads.setAttribute("aria-hidden", "true");
    this.#path.setAttribute("role", "status");
    this.#scroll.append(this.#heads, this.#canvas);
    this.append(bar, this.#scroll, list);
  }

  #draw(): void {
    if (this.#picture === null || !this.isConnected) return;
    this.#width = this.#scroll.clientWidth;
    if (this.#width === 0) return;
    const followed = this.#selected === null ? null : follow(this.#picture.edges, this.#selected);
    const whole = this.#place(this.#picture);
    const tall = whole.height > window.innerHeight * TALL;
    const shown = followed !== null && tall ? narrowed(this.#picture, followed) : this.#picture;
    const layout = shown === this.#picture ? whole : this.#place(shown);
    const drawable = layout.height <= TALLEST;
    this.toggleAttribute("data-too-large", !drawable);
    this.#scroll.hidden = !drawable;
    this.#all.hidden = this.#selected === null;
    this.#layout = layout;
    this.#showPath(followed);
    if (drawable) this.#paint(shown, layout, followed);
    else this.querySelector("details")?.setAttribute("open", "");
  }

  #place(picture: Picture): Layout {
    const narrow = this.#width < NARROW;
    const rows = mostRows(picture);
    const nodeHeight = rows > VERY_CROWDED ? 28 : 44;
    const options = { width: this.#width, nodeHeight: narrow ? 48 : nodeHeight, tall: rows > CROWDED };
    return narrow ? layoutDown(picture, options) : layoutAcross(picture, options);
  }

  #paint(picture: Picture, layout: Layout, followed: ReadonlySet<string> | null): void {
    this.#canvas.style.width = `${layout.width}px`;
    this.#canvas.style.height = `${layout.height}px`;
    this.#chart ??= this.#open();
    this.#chart.resize({ width: layout.width, height: layout.height });
    const font = getComputedStyle(this).fontFamily;
    const look = {
      colours: coloursAt(this),
      font,
      followed,
      selected: this.#selected,
      fontSize: FONT_SIZE,
      down: this.#width < NARROW,
      crowded: this.#width < NARROW && mostRows(picture) > CROWDED,
      measure: measureWith(font),
    };
    this.#chart.setOption({ series: seriesOf(picture, layout, look) }, { notMerge: true });
    this.#showHeads(picture, layout);
  }

  #open(): EChartsType {
    const chart = init(this.#canvas, null, { renderer: "canvas" });
    chart.on("click", (event) => {
      const node = this.#layout === null ? null : nodeAt(this.#layout, event.dataIndex);
      if (node === null) return;
      if (!this.#asked(node)) this.#select(node.id === this.#selected ? null : node.id);
    });
    chart.getZr().on("click", (event) => {
      if (event.target === undefined) this.#select(null);
    });
    return chart;
  }

  #showHeads(picture: Picture, layout: Layout): void {
    const down = this.#width < NARROW;
    this.#heads.classList.toggle("is-down", down);
    this.#heads.style.width = `${layout.width}px`;
    this.#heads.replaceChildren(
      ...picture.layers.map(({ label }, index) => {
        const head = element("span", { text: label });
        const start = layout.starts[index] ?? 0;
        if (down) head.style.top = `${start}px`;
        else {
          head.style.left = `${start}px`;
          head.style.width = `${layout.nodeWidth}px`;
        }
        return head;
      }),
    );
  }

  #showPath(followed: ReadonlySet<string> | null): void {
    const nodes = this.#picture?.nodes ?? [];
    const node = nodes.find((entry) => entry.id === this.#selected);
    if (node === undefined || followed === null) {
      this.#path.replaceChildren(element("span", { className: "ko-quiet", text: say(this.hint) }));
      return;
    }
    const words = say("picture_following", { name: node.label, n: followed.size - 1 });
    const parts: (Node | string)[] = [element("strong", { text: words })];
    if (node.note !== undefined) parts.push(element("span", { text: node.note }));
    const link = linkTo(node);
    if (link !== null) parts.push(link);
    this.#path.replaceChildren(...parts);
  }

  /** Have the form ask for what the server has folded away; what it answers replaces this picture. */
  #asked(node: PictureNode): boolean {
    const form = document.getElementById(this.getAttribute("for") ?? "");
    if (node.ask === undefined || !(form instanceof HTMLFormElement)) return false;
    if (this.id !== "" && node.count === undefined) remembered.set(this.id, node.id);
    ask(form, node.ask);
    return true;
  }

  #select(id: string | null): void {
    if (id === this.#selected) return;
    this.#selected = id;
    if (this.id !== "" && id !== null) remembered.set(this.id, id);
    else remembered.delete(this.id);
    this.#draw();
    this.#bringIntoView();
    const path = id === null || this.#picture === null ? [] : [...follow(this.#picture.edges, id)];
    this.dispatchEvent(new CustomEvent("ko:path", { bubbles: true, detail: { id, path } }));
  }

  #bringIntoView(): void {
    const place = this.#layout?.places.find((entry) => entry.node.id === this.#selected);
    if (place === undefined) return;
    const { scrollTop, clientHeight } = this.#scroll;
    if (place.y > scrollTop + 30 && place.y < scrollTop + clientHeight - 60) return;
    this.#scroll.scrollTo({ top: place.y - clientHeight / 2 });
  }

  #pressed(event: KeyboardEvent): void {
    if (event.target !== this.#scroll || this.#layout === null) return;
    if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      this.#select(neighbourTowards(this.#layout.places, this.#selected, event.key as Arrow));
    } else if (event.key === "Escape") {
      this.#select(null);
    } else if (event.key === "Enter") {
      const node = this.#picture?.nodes.find((entry) => entry.id === this.#selected);
      if (node !== undefined && !this.#asked(node)) linkTo(node)?.click();
    }
  }
}

function mostRows(picture: Picture): number {
  const counts = picture.layers.map(() => 0);
  for (const { layer } of picture.nodes) counts[layer] = (counts[layer] ?? 0) + 1;
  return Math.max(0, ...counts);
}

function measureWith(font: string): (text: string, bold: boolean) => number {
  const context = document.createElement("canvas").getContext("2d");
  return (text, bold) => {
    if (context === null) return text.length * FONT_SIZE;
    context.font = bold ? `600 ${FONT_SIZE}px ${font}` : `${FONT_SIZE - 1}px ${font}`;
    return context.measureText(text).width;
  };
}

function linkTo(node: PictureNode): HTMLAnchorElement | null {
  if (node.href === undefined || node.href === "") return null;
  const url = new URL(node.href, location.href);
  if (url.origin !== location.origin) return null;
  const link = element("a", { className: "btn btn-sm", text: say("open") });
  link.href = url.href;
  return link;
}
