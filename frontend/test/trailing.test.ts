import assert from "node:assert/strict";
import { test } from "node:test";
import { pairsOf } from "../src/core/ask";
import { trailing } from "../src/core/trailing";

function byHand(): { waiting: (() => void)[]; set(run: () => void): number } {
  const waiting: (() => void)[] = [];
  return { waiting, set: (run) => waiting.push(run) };
}

test("the first call runs at once and the last one is never lost", () => {
  const timers = byHand();
  const seen: number[] = [];
  let value = 0;
  const ask = trailing(() => seen.push(value), 80, timers);

  for (value = 1; value <= 5; value += 1) ask();
  value = 5;
  timers.waiting.shift()?.();

  assert.deepEqual(seen, [1, 5]);
});

test("after a rest the next call runs at once again", () => {
  const timers = byHand();
  let runs = 0;
  const ask = trailing(() => (runs += 1), 80, timers);

  ask();
  timers.waiting.shift()?.();
  ask();

  assert.equal(runs, 2);
  assert.equal(timers.waiting.length, 1);
});

test("a view is asked for with each of its parts, in their order", () => {
  assert.deepEqual(pairsOf("follow=order%3AA%2F1&open=40%3A2%3Alot%3AX&open=80%3A3%3Aorder%3A"), [
    ["follow", "order:A/1"],
    ["open", "40:2:lot:X"],
    ["open", "80:3:order:"],
  ]);
  assert.deepEqual(pairsOf(""), []);
});
