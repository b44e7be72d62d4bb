import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const TEMPLATES = join("..", "src", "knockon", "web", "templates");

function sources(folder: string): string {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".ts"));
  return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8")).join("\n");
}

function keysUsed(source: string): Set<string> {
  const plain = [...source.matchAll(/(?<![#.\w])say\(([^)]*?)[,)]/g)].flatMap((call) =>
    [...(call[1] ?? "").matchAll(/(?<!=== )"([a-z_]+)"/g)].map((match) => match[1] ?? ""),
  );
  const counts = [...source.matchAll(/\bsayCounted\("([a-z_]+)"/g)].flatMap(([, key]) => [`${key}_one`, `${key}_other`]);
  const read = [...source.matchAll(/texts\["([a-z_]+)"\]/g)].map((match) => match[1] ?? "");
  const hints = [...source.matchAll(/hint = "([a-z_]+)"/g)].map((match) => match[1] ?? "");
  return new Set([...plain, ...counts, ...read, ...hints]);
}

test("the base template prints exactly the texts that the islands say", () => {
  const template = readFileSync(join(TEMPLATES, "components", "_texts.html"), "utf8");
  const printed = [...template.matchAll(/^"([a-z_]+)": "\{\{ ([a-z_]+)\|escapejs \}\}"/gm)];

  const keys = new Set(printed.map(([, key]) => key ?? ""));
  const used = keysUsed(sources("src"));

  assert.deepEqual([...used].filter((key) => !keys.has(key)), [], "said but not printed");
  assert.deepEqual([...keys].filter((key) => !used.has(key)), [], "printed but never said");
  assert.deepEqual(printed.filter(([, key, name]) => key !== name), []);
});

test("every icon that a template names is in the sprite", () => {
  const icons = new Set(Object.keys(JSON.parse(readFileSync(join("src", "icons.json"), "utf8")) as object));
  const named = readdirSync(TEMPLATES, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".html"))
    .flatMap((entry) => [
      ...readFileSync(join(entry.parentPath, entry.name), "utf8").matchAll(/icon\.html" with name="([^"]+)"/g),
    ])
    .map((match) => match[1] ?? "");
  const built = [...sources("src").matchAll(/\bicon\(([^)]*)\)/g)].flatMap((call) =>
    [...(call[1] ?? "").matchAll(/(?<!=== )"([a-z-]+)"/g)].map((match) => match[1] ?? ""),
  );

  assert.ok(named.length > 20);
  assert.deepEqual([...named, ...built].filter((name) => !icons.has(name)), []);
});
