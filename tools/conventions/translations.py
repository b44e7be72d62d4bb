"""Every text is there in every language."""

import re
from collections.abc import Iterator
from pathlib import Path

from tools.catalogues import CatalogueBroken, Entry, read_catalogue
from tools.conventions.sources import Finding, Tree
from tools.source_texts import composed_texts, source_texts

LANGUAGES = ("zh_Hant", "zh_Hans")
_PLACEHOLDER = re.compile(r"%\((\w[\w.|:]*)\)[sd]")


def untranslated_texts(tree: Tree) -> Iterator[Finding]:
    """Find texts of the sources that a catalogue lacks, leaves empty, doubts or distorts."""
    texts = source_texts(tree.package)
    for language in LANGUAGES:
        path = tree.package / "locale" / language / "LC_MESSAGES" / "django.po"
        if texts:
            yield from _language(tree, path, texts)


def joined_texts(tree: Tree) -> Iterator[Finding]:
    """Find texts that are put together before they are translated: no catalogue has those."""
    for path, line in composed_texts(tree):
        yield tree.found(path, line, "the text is composed; use one sentence with placeholders")


def _language(tree: Tree, path: Path, texts: list[Entry]) -> Iterator[Finding]:
    if not path.exists():
        yield tree.found(path, 1, "the catalogue does not exist")
        return
    try:
        known = {entry.key: entry for entry in read_catalogue(path)}
    except CatalogueBroken as error:
        yield tree.found(path, 1, str(error))
        return
    for text in texts:
        problem = _problem(text, known.get(text.key))
        if problem:
            place = text.comments[0].removeprefix("#: ")
            yield tree.found(path, 1, f"{problem}: {text.msgid!r} ({place})")


def _problem(text: Entry, known: Entry | None) -> str:
    if known is None:
        return "missing"
    if not known.is_translated:
        return "not translated"
    if known.is_fuzzy:
        return "fuzzy"
    wanted = _placeholders(text.msgid) | _placeholders(text.plural or "")
    if any(_placeholders(translation) - wanted for translation in known.texts):
        return "has a placeholder that the source has not"
    if text.plural is None and wanted - _placeholders(known.texts[0]):
        return "lacks a placeholder"
    return ""


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))
