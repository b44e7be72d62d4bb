import assert from "node:assert/strict";
import { test } from "node:test";
import { readEvent, waitBefore, wants } from "../src/core/live_stream";
import { fitted } from "../src/core/photo";
import { withRecent } from "../src/core/recent";
import { readScan } from "../src/core/scan_text";

const EVENT = { topic: "disruption", id: "42", at: "2026-03-05T18:14:00Z" };

test("an element hears its topic, or one thing of it", () => {
  assert.equal(wants("lot disruption", EVENT), true);
  assert.equal(wants("disruption:42", EVENT), true);
  assert.equal(wants("disruption:4", EVENT), false);
  assert.equal(wants("lot", EVENT), false);
});

test("what is no event of ours is ignored", () => {
  assert.deepEqual(readEvent('{"topic": "lot", "id": 9}'), { topic: "lot", id: "9", at: "" });
  assert.deepEqual(['{"id": 1}', "null", "hello", ""].map(readEvent), [null, null, null, null]);
});

test("reconnecting waits longer each time, with jitter, and at most half a minute", () => {
  assert.deepEqual([waitBefore(0, 0), waitBefore(0, 1)], [500, 1000]);
  assert.ok(waitBefore(3, 0.5) > waitBefore(1, 0.5));
  assert.equal(waitBefore(50, 1), 30_000);
});

test("our labels name their kind, all others are the key itself", () => {
  assert.deepEqual(readScan("https://plant.example/s/equipment/IM-07"), { kind: "equipment", key: "IM-07" });
  assert.deepEqual(readScan("http://10.0.0.5:8000/s/lot/%E6%89%B9%2F7?x=1"), { kind: "lot", key: "批/7" });
  assert.deepEqual(readScan(" 00123 "), { kind: null, key: "00123" });
  assert.deepEqual(readScan("https://elsewhere.example/page"), { kind: null, key: "https://elsewhere.example/page" });
  assert.deepEqual(readScan("https://plant.example/s/user/root"), {
    kind: null,
    key: "https://plant.example/s/user/root",
  });
});

test("photos shrink to their longest side and are never enlarged", () => {
  assert.deepEqual(fitted(4000, 3000), { width: 1600, height: 1200 });
  assert.deepEqual(fitted(300, 9000), { width: 53, height: 1600 });
  assert.deepEqual(fitted(640, 480), { width: 640, height: 480 });
});

test("the machine reported last stands first, once", () => {
  assert.deepEqual(withRecent(["a", "b", "c"], "b"), ["b", "a", "c"]);
  assert.equal(withRecent(["a", "b", "c", "d", "e", "f", "g", "h"], "i").length, 8);
});
