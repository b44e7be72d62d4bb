import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, fill, localeOf } from "../src/core/texts";
import { absoluteText, clockText, relativeText, spanText } from "../src/core/times";

const NOW = Date.parse("2026-03-05T18:14:00Z");
const ZONE = "Asia/Taipei";
const ENGLISH = { now: "now", in_span: "in {span}", span_ago: "{span} ago" };
const CHINESE = { now: "現在", in_span: "{span}後", span_ago: "{span}前" };

function inEnglish(seconds: number): string {
  return relativeText(NOW + seconds * 1000, { now: NOW, zone: ZONE, locale: "en-GB", texts: ENGLISH });
}

test("a coming minute counts down to its end", () => {
  assert.equal(inEnglish(47 * 60), "in 47 min");
  assert.equal(inEnglish(46 * 60 + 1), "in 47 min");
});

test("a past minute counts when it is full", () => {
  assert.equal(inEnglish(-(47 * 60 + 59)), "47 min ago");
});

test("hours keep their minutes and days their hours", () => {
  assert.equal(inEnglish(-(7 * 3600 + 44 * 60)), "7 hr 44 min ago");
  assert.equal(inEnglish(2 * 86_400 + 3 * 3600), "in 2 days 3 hr");
});

test("less than a second is now and less than a minute is seconds", () => {
  assert.equal(inEnglish(0.4), "now");
  assert.equal(inEnglish(30), "in 30 sec");
});

test("an hour that is nearly full never shows sixty minutes", () => {
  assert.equal(inEnglish(3599), "in 1 hr");
});

test("beyond a week the date is said in the plant's zone", () => {
  assert.equal(inEnglish(10 * 86_400), "16 Mar, 02:14");
});

test("both Chinese scripts use their own words", () => {
  const hant = relativeText(NOW + 47 * 60_000, { now: NOW, zone: ZONE, locale: "zh-Hant-TW", texts: CHINESE });
  const hans = relativeText(NOW - 3 * 3_600_000, {
    now: NOW,
    zone: ZONE,
    locale: "zh-Hans-CN",
    texts: { ...CHINESE, span_ago: "{span}前" },
  });

  assert.equal(hant, "47 分鐘後");
  assert.equal(hans, "3小时前");
});

test("today needs no date and another year names itself", () => {
  const options = { now: NOW, zone: ZONE, locale: "en-GB" };

  assert.equal(absoluteText(NOW + 3_600_000, options), "03:14");
  assert.match(absoluteText(Date.parse("2027-01-02T00:00:00Z"), options), /2027/);
});

test("the plant's midnight decides what is today", () => {
  const beforeMidnight = Date.parse("2026-03-05T15:59:00Z");

  assert.equal(absoluteText(beforeMidnight, { now: NOW, zone: ZONE, locale: "en-GB" }), "5 Mar, 23:59");
});

test("a stopwatch grows from minutes to hours to days", () => {
  assert.equal(clockText(47, { locale: "en-GB" }), "00:47");
  assert.equal(clockText(3723, { locale: "en-GB" }), "1:02:03");
  assert.equal(clockText(2 * 86_400 + 11_045, { locale: "en-GB" }), "2 days 03:04:05");
  assert.equal(clockText(-5, { locale: "en-GB" }), "00:00");
});

test("a span of exactly one unit has no second one", () => {
  assert.equal(spanText(7200, { locale: "en-GB" }), "2 hr");
});

test("counted sentences follow the language's own plural", () => {
  const texts = { waiting_one: "{n} report waiting", waiting_other: "{n} reports waiting" };

  assert.equal(counted(texts, { key: "waiting", n: 1, lang: "en-GB" }), "1 report waiting");
  assert.equal(counted(texts, { key: "waiting", n: 2, lang: "en-GB" }), "2 reports waiting");
  assert.equal(counted(texts, { key: "waiting", n: 1, lang: "zh-Hant-TW" }), "1 reports waiting");
});

test("an unknown placeholder stays visible", () => {
  assert.equal(fill("{a} and {b}", { a: 1 }), "1 and {b}");
});

test("Django's language codes become locales", () => {
  assert.deepEqual(["zh-hant", "zh-hans", "en", "vi"].map(localeOf), ["zh-Hant-TW", "zh-Hans-CN", "en-GB", "vi"]);
});
