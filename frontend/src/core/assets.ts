// Addresses of built files as the server names them (with their hash), printed by the base template.

export type AssetName = "picture" | "reader" | "icons";

let known: Partial<Record<AssetName, string>> | null = null;

/** Return the address of a built file. */
export function assetUrl(name: AssetName): string {
  if (known === null) {
    const source = document.getElementById("ko-assets")?.textContent ?? "{}";
    known = JSON.parse(source) as Partial<Record<AssetName, string>>;
  }
  const url = known[name];
  if (url === undefined) throw new Error(`no address for asset ${name}`);
  return url;
}

/** Build the same icon as components/_icon.html. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "ko-icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${assetUrl("icons")}#${name}`);
  svg.append(use);
  return svg;
}

/** Build an element with text inside; never from markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { className = "", text = "" }: { className?: string; text?: string } = {},
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  if (text !== "") made.textContent = text;
  return made;
}
