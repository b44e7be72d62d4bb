// Builds the theme, the islands and the workers into the Python package.
//   node build.mjs          minified, no source maps: what is released
//   node build.mjs --watch  readable, with source maps, rebuilt on every save
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { lightenTabler } from "./build/stylesheet.mjs";
import { iconSprite } from "./build/sprite.mjs";
import { thirdPartyNotices } from "./build/notices.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "src", "knockon", "web", "static", "knockon", "dist");
const watching = process.argv.includes("--watch");

// Oldest browsers in which Tabler's light-dark() and relative colours work.
const target = ["chrome123", "firefox128", "safari17.5"];

const shared = {
  absWorkingDir: here,
  bundle: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  minify: !watching,
  outdir: out,
  sourcemap: watching ? "linked" : false,
  target,
};

const bundles = [
  { entryPoints: { app: "src/app.ts", picture: "src/picture.ts", reader: "src/reader.ts" }, format: "esm" },
  {
    entryPoints: { theme: "src/theme.ts", live: "src/workers/live.ts", sw: "src/workers/sw.ts" },
    format: "iife",
  },
  { entryPoints: { app: "src/css/app.css" }, plugins: [lightenTabler()] },
];

const contexts = await Promise.all(
  bundles.map((bundle) => esbuild.context({ ...shared, ...bundle, metafile: true })),
);

async function main() {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const results = await Promise.all(contexts.map((context) => context.rebuild()));
  await writeFile(join(out, "icons.svg"), await iconSprite(here));
  await writeFile(join(out, "notices.txt"), await thirdPartyNotices(here));
  const files = results.flatMap((result) => Object.keys(result.metafile.outputs));
  for (const file of [...files, join(out, "icons.svg")].sort()) {
    const path = file.startsWith("/") ? file : join(here, file);
    const bytes = await readFile(path);
    const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
    const { size } = await stat(path);
    console.log(`${String(Math.ceil(size / 1000)).padStart(6)} kB  ${digest}  ${path.slice(out.length + 1)}`);
  }
  if (watching) {
    await Promise.all(contexts.map((context) => context.watch()));
  } else {
    await Promise.all(contexts.map((context) => context.dispose()));
  }
}

await main();
