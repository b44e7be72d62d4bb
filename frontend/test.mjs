// Bundles each test with esbuild and runs Node's own test runner over them.
import { spawnSync } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, ".test");
const tests = (await readdir(join(here, "test"))).filter((name) => name.endsWith(".test.ts"));
if (tests.length === 0) throw new Error("no tests were found");

await rm(out, { recursive: true, force: true });
await esbuild.build({
  absWorkingDir: here,
  bundle: true,
  entryPoints: tests.map((name) => `test/${name}`),
  external: ["esbuild"],
  format: "esm",
  logLevel: "warning",
  outdir: out,
  outExtension: { ".js": ".mjs" },
  platform: "node",
  sourcemap: "inline",
  target: "node20",
});
const files = tests.map((name) => join(out, name.replace(/\.ts$/, ".mjs")));
const { status } = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], {
  cwd: here,
  stdio: "inherit",
});
process.exitCode = status ?? 1;
