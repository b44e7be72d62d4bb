"""What every page is looked at for: its size, its structure, its words and its keyboard use."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tools.catalogues import LOCALES, read_catalogue

# WCAG 2.2 AA, 2.5.8; links within text are exempt.
_SMALLEST_TARGET_PX = 24
_DRAWN_MS = 500
_HOLE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")

_FAULTS = """smallest => {
  const faults = [];
  const shown = e => e.getClientRects().length > 0;
  const of = e => e.outerHTML.slice(0, 120);
  const said = e => (e.getAttribute("aria-label") || e.title || e.textContent).trim();
  const pointed = e => (e.getAttribute("aria-labelledby") || "").split(" ").some(id => id && document.getElementById(id));
  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    if (shown(e) && !e.labels?.length && !e.getAttribute("aria-label") && !pointed(e))
      faults.push(`no label: ${of(e)}`);
  for (const e of document.querySelectorAll("button, a[href], summary"))
    if (shown(e) && said(e) === "" && !pointed(e) && !e.querySelector("img[alt]:not([alt=''])"))
      faults.push(`no name: ${of(e)}`);
  for (const e of document.querySelectorAll("img:not([alt])")) faults.push(`no alt: ${of(e)}`);
  for (const e of document.querySelectorAll("button, .btn, summary, select, input:not([type=hidden])")) {
    const boxes = [e, ...(e.labels ?? [])].map(box => box.getBoundingClientRect());
    if (shown(e) && !boxes.some(box => box.width >= smallest && box.height >= smallest))
      faults.push(`too small: ${of(e)}`);
  }
  const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(shown).map(e => +e.tagName[1]);
  const first = [...document.querySelectorAll("h1")].filter(shown);
  if (first.length !== 1) faults.push(`${first.length} h1`);
  levels.forEach((level, i) => { if (level > (levels[i - 1] ?? 0) + 1) faults.push(`h${levels[i - 1] ?? 0} before h${level}`); });
  const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) faults.push(`two have the id ${id}`);
  for (const e of document.querySelectorAll("table")) if (shown(e) && !e.querySelector("th")) faults.push(`no headings: ${of(e)}`);
  if (document.querySelectorAll("main").length !== 1) faults.push("not one main part");
  if (!document.title.trim() || !document.documentElement.lang) faults.push("no title or no language");
  return faults;
}"""

_WORDS = """() => {
  const words = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode())
    if (!walker.currentNode.parentElement.closest("script, style, template, [lang]:not(html)"))
      words.push(walker.currentNode.textContent);
  for (const name of ["aria-label", "placeholder", "title", "alt", "data-label", "label"])
    for (const e of document.querySelectorAll(`[${name}]`)) words.push(e.getAttribute(name));
  return [...new Set(words.map(text => text.replace(/\\s+/g, " ").trim()).filter(text => /[A-Za-z]{3}/.test(text)))];
}"""

_FOCUSED = """async () => {
  // Scrolling to what has the focus takes a frame.
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const e = document.activeElement;
  if (e === document.body) return null;
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  const before = window.focusedBefore;
  window.focusedBefore = e;
  return {
    what: e.outerHTML.slice(0, 120),
    marked: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
    onScreen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    inOrder: !before?.isConnected || Boolean(before.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING),
  };
}"""


def overhang(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    width: int = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width


def faults(page: Page) -> list[str]:
    """Return what keeps people who cannot see, point or aim well from using the page."""
    found: list[str] = page.evaluate(_FAULTS, _SMALLEST_TARGET_PX)
    return found


def english_left(page: Page, *, catalogue: str) -> list[str]:
    """Return the texts of a page that are English although the catalogue translates them."""
    whole, patterns = _translated(catalogue)
    texts: list[str] = page.evaluate(_WORDS)
    return [
        text for text in texts if text in whole or any(each.fullmatch(text) for each in patterns)
    ]


def tab_stops(page: Page, *, most: int) -> list[dict[str, Any]]:
    """Return what the Tab key reaches, one after the other, until it leaves the page."""
    page.evaluate("() => { window.focusedBefore = undefined; }")
    stops = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(_FOCUSED)
        if stop is None:
            break
        stops.append(stop)
    return stops


def keep_picture(page: Page, name: str, *, folder: Path | None) -> None:
    """Keep a picture of the whole page, if pictures are wanted."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        # The live stream never ends, so nothing but time tells that pictures are drawn.
        page.wait_for_timeout(_DRAWN_MS)
        page.screenshot(path=folder / f"{name}.png", full_page=True)


@cache
def _translated(catalogue: str) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Return the English texts that have a translation, and patterns of those with placeholders."""
    entries = read_catalogue(LOCALES / catalogue / "LC_MESSAGES" / "django.po")
    texts = {
        " ".join(text.split())
        for entry in entries
        if entry.is_translated
        for text in (entry.msgid, entry.plural)
        # Short words are codes and units as well.
        if text and text not in entry.texts and re.search("[A-Za-z]{3}", _HOLE.sub("", text))
    }
    filled = {text for text in texts if _HOLE.search(text)}
    return frozenset(texts - filled), tuple(map(_pattern, sorted(filled)))


def _pattern(text: str) -> re.Pattern[str]:
    """Match what a text becomes once its placeholders are filled."""
    return re.compile(".+".join(map(re.escape, _HOLE.split(text))))
