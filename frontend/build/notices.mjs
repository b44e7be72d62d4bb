// The licences of what is bundled, as they must travel with the built files.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

// zrender and tslib come with ECharts, ts-custom-error with ZXing.
const BUNDLED = [
  "@tabler/core",
  "@tabler/icons",
  "@zxing/library",
  "echarts",
  "htmx.org",
  "ts-custom-error",
  "tslib",
  "zrender",
];

const LICENCE_FILE = /^(?:licen[sc]e|notice|copyrightnotice)(?:\.|$)/i;

/** Return name, version and licence text of every bundled package. */
export async function thirdPartyNotices(root) {
  const parts = [];
  for (const name of BUNDLED) {
    const folder = join(root, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    // Tabler's two packages share one licence; only the icons' package carries its text.
    const source = name === "@tabler/core" ? join(root, "node_modules", "@tabler", "icons") : folder;
    const files = (await readdir(source)).filter((file) => LICENCE_FILE.test(file)).sort();
    const texts = await Promise.all(files.map((file) => readFile(join(source, file), "utf8")));
    parts.push([`${name} ${version} (${license})`, ...texts].join("\n\n").trim());
  }
  return `${parts.join(`\n\n${"-".repeat(72)}\n\n`)}\n`;
}
