import assert from "node:assert/strict";
import { test } from "node:test";
// @ts-expect-error: the build's own scripts are plain JavaScript.
import { lighten } from "../build/stylesheet.mjs";

const clean = (css: string): string => (lighten(css) as string).replace(/\s+/g, "");

test("rules for unused classes go and the rest of a list stays", () => {
  assert.equal(clean(".btn-facebook, .btn-primary { color: red }"), ".btn-primary{color:red}");
  assert.equal(clean(".navbar .nav-link { color: red }"), "");
});

test("a media query left empty goes too", () => {
  assert.equal(clean("@media print { .navbar { top: 0 } } .card { top: 0 }"), ".card{top:0}");
});

test("keyframes, imports and quoted braces are left alone", () => {
  assert.equal(clean("@keyframes navbar { from { top: 0 } }"), "@keyframesnavbar{from{top:0}}");
  assert.equal(clean('@charset "UTF-8"; .a::after { content: "}" }'), '@charset"UTF-8";.a::after{content:"}"}');
});

test("what :not() names does not remove a rule", () => {
  assert.equal(clean(".btn:not(.btn-dark) { top: 0 }"), ".btn:not(.btn-dark){top:0}");
});
