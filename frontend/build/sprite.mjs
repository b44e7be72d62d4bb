// One SVG file with a <symbol> for every icon named in src/icons.json.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Return the sprite's text; an icon that Tabler does not have fails the build. */
export async function iconSprite(root) {
  const names = JSON.parse(await readFile(join(root, "src", "icons.json"), "utf8"));
  const symbols = await Promise.all(Object.entries(names).map(([id, path]) => symbol(root, id, path)));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

async function symbol(root, id, path) {
  const filled = path.startsWith("filled/");
  const file = join(root, "node_modules", "@tabler", "icons", "icons", filled ? "" : "outline", `${path}.svg`);
  const svg = await readFile(file, "utf8");
  const inner = svg
    .replace(/^[\s\S]*?<svg[\s\S]*?>/, "")
    .replace("</svg>", "")
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
    .replace(/\s+/g, " ")
    .trim();
  const paint = filled
    ? 'fill="currentColor"'
    : 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${id}" viewBox="0 0 24 24" ${paint}>${inner}</symbol>`;
}
