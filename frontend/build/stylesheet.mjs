// Leaves out what this product never uses of Tabler: named colours (one accent, four severities),
// brand colours, and components that need Tabler's own script.
import { readFile } from "node:fs/promises";

const COLOURS =
  "blue|azure|indigo|purple|pink|red|orange|yellow|lime|green|teal|cyan|black|white|gray|gray-dark|" +
  "facebook|twitter|x|linkedin|google|youtube|vimeo|dribbble|github|instagram|pinterest|vk|rss|flickr|" +
  "bitbucket|tabler|light|dark";

const UNUSED = [
  new RegExp(`^(alert|avatar|badge|bg|border|btn|btn-ghost|btn-outline|card|chip|legend|link|link-underline|` +
    `focus-ring|list-group-item|progress-bar|ribbon|signal|status|steps|table|tag|text|text-bg|timeline|` +
    `bg-gradient-(?:from|to|via)|form-colorinput|dropdown|nav|toast|icon|switch)-(${COLOURS})(?:-lt|-fg|-[0-9]+)?$`),
  new RegExp(
    "^(?:navbar|modal|dropdown|divide|was-validated|otp|strength|prose|chart|layout-|accordion|apexcharts|avatar|bs-|browser|calendar|carousel|card-gradient|card-stacked|card-rotate|chat|chip|" +
      "color-input|colorinput|cookie|cropper|datagrid|demo|dropzone|dz-|emoji|fc-|flag|fslightbox|" +
      "gallery|hugerte|imgcheck|form-imagecheck|form-colorinput|img-|jvm-|jqvmap|kanban|legend|lightbox|litepicker|" +
      "map-|markdown|noUi|nps|object-|offcanvas|payment|plyr|popover|ratio-|ribbon|segmented|signal|" +
      "social|sparkline|star-|stars|svg-|swatch|tag|tooltip|tour|tox|tracking|ts-|turbo|typed|wizard|" +
      "you-|ani|animation|placeholder-wave|placeholder-glow|resize|shape|settings|theme-|toast|tw-|" +
      "bg-gradient|bg-pattern|bg-cover|vector|countup|inline-player|signature|sortable|onboarding)",
  ),
  /-xxl(?:-|$)/,
];

/** Return an esbuild plug-in that lightens tabler.css while it is loaded. */
export function lightenTabler() {
  return {
    name: "lighten-tabler",
    setup(build) {
      build.onLoad({ filter: /tabler\.css$/ }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        return { contents: lighten(source), loader: "css" };
      });
    },
  };
}

/** Drop every selector that names an unused class, and every block left empty by that. */
export function lighten(css) {
  const plain = css.replace(/\/\*[\s\S]*?\*\//g, "");
  return splitRules(plain).map(keepUsed).join("\n");
}

function keepUsed({ prelude, body }) {
  if (body === null) return `${prelude};`;
  if (/^@(?:media|supports|layer|container)/.test(prelude)) {
    const inner = splitRules(body).map(keepUsed).join("\n");
    return inner.trim() === "" ? "" : `${prelude}{${inner}}`;
  }
  if (prelude.startsWith("@")) return `${prelude}{${body}}`;
  const kept = splitSelectors(prelude).filter(isUsed);
  return kept.length === 0 ? "" : `${kept.join(",")}{${body}}`;
}

function isUsed(selector) {
  if (selector.includes("[data-vc")) return false;
  // What :not() names does not make a selector unused.
  const positive = selector.replace(/:not\((?:[^()]|\([^()]*\))*\)/g, "");
  const classes = [...positive.matchAll(/\.(-?[_a-zA-Z][\w-]*(?:\\.[\w-]*)*)/g)].map((match) => match[1]);
  return !classes.some((name) => UNUSED.some((pattern) => pattern.test(name)));
}

function splitRules(css) {
  const rules = [];
  let start = 0;
  let depth = 0;
  let bodyStart = 0;
  let quote = "";
  for (let index = 0; index < css.length; index += 1) {
    const letter = css[index];
    if (quote !== "") {
      if (letter === "\\") index += 1;
      else if (letter === quote) quote = "";
    } else if (letter === '"' || letter === "'") {
      quote = letter;
    } else if (letter === "{") {
      if (depth === 0) bodyStart = index;
      depth += 1;
    } else if (letter === "}") {
      depth -= 1;
      if (depth === 0) {
        rules.push({ prelude: css.slice(start, bodyStart).trim(), body: css.slice(bodyStart + 1, index) });
        start = index + 1;
      }
    } else if (letter === ";" && depth === 0) {
      rules.push({ prelude: css.slice(start, index).trim(), body: null });
      start = index + 1;
    }
  }
  return rules;
}

function splitSelectors(prelude) {
  const parts = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < prelude.length; index += 1) {
    const letter = prelude[index];
    if (letter === "(" || letter === "[") depth += 1;
    else if (letter === ")" || letter === "]") depth -= 1;
    else if (letter === "," && depth === 0) {
      parts.push(prelude.slice(start, index).trim());
      start = index + 1;
    }
  }
  parts.push(prelude.slice(start).trim());
  return parts;
}
