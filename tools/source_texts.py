"""The texts of the sources that are translated: what gettext's own program would extract."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.template.base import Lexer, Token, TokenType
from django.utils.text import smart_split
from django.utils.translation import trim_whitespace

from tools.catalogues import Entry, Key
from tools.conventions.sources import Tree, called, literal

# Function: places of context, text and plural among its arguments.
_FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
_SIMPLE_TAGS = ("trans", "translate")
_BLOCK_TAGS = ("blocktrans", "blocktranslate")


def source_texts(package: Path) -> list[Entry]:
    """Return the texts of a package, each once, with the places it stands in as comments."""
    tree = Tree(package.parent.parent)
    found: dict[Key, Entry] = {}
    for path, _line, entry in located_texts(tree):
        known = found.setdefault(entry.key, entry)
        known.plural = known.plural or entry.plural
        place = f"#: {path.relative_to(tree.root)}"
        if place not in known.comments:
            known.comments.append(place)
    return list(found.values())


def located_texts(tree: Tree) -> Iterator[tuple[Path, int, Entry]]:
    """Yield each text with its file and line."""
    for path, module in tree.modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and called(node) in _FUNCTIONS:
                entry = _from_call(node)
                if entry is not None:
                    yield path, node.lineno, entry
    for path in tree.templates():
        for line, entry in template_texts(path.read_text(encoding="utf-8")):
            yield path, line, entry


def composed_texts(tree: Tree) -> Iterator[tuple[Path, int]]:
    """Yield the places where a text is put together before it is translated."""
    for path, module in tree.modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and called(node) in _FUNCTIONS:
                _context, position, _plural = _FUNCTIONS[called(node)]
                argument = node.args[position : position + 1]
                if argument and isinstance(argument[0], ast.JoinedStr | ast.BinOp):
                    yield path, node.lineno


def template_texts(source: str) -> Iterator[tuple[int, Entry]]:
    """Yield the texts of a template with their lines."""
    tokens = iter(Lexer(source).tokenize())
    for token in tokens:
        if token.token_type is not TokenType.BLOCK:
            continue
        words = list(smart_split(token.contents))
        if words and words[0] in _SIMPLE_TAGS:
            entry = _from_tag(words)
            if entry is not None:
                yield token.lineno or 0, entry
        elif words and words[0] in _BLOCK_TAGS:
            yield token.lineno or 0, _from_block(words, tokens)


def _from_call(node: ast.Call) -> Entry | None:
    context_at, text_at, plural_at = _FUNCTIONS[called(node)]
    text = _argument(node, text_at)
    if text is None:
        return None
    return Entry(
        context=_argument(node, context_at),
        msgid=text,
        plural=_argument(node, plural_at),
    )


def _argument(node: ast.Call, position: int | None) -> str | None:
    if position is None or position >= len(node.args):
        return None
    return literal(node.args[position])


def _from_tag(words: list[str]) -> Entry | None:
    text = words[1] if len(words) > 1 else ""
    if text[:1] not in {'"', "'"}:
        return None
    plain = text.split(text[0])[1]
    return Entry(context=_context(words), msgid=plain.replace("%", "%%"))


def _from_block(words: list[str], tokens: Iterator[Token]) -> Entry:
    parts: list[str] = []
    forms: list[str] = []
    for token in tokens:
        if token.token_type is TokenType.TEXT:
            parts.append(token.contents.replace("%", "%%"))
        elif token.token_type is TokenType.VAR:
            parts.append(f"%({token.contents})s")
        elif token.token_type is TokenType.BLOCK:
            forms.append(_joined(parts, words))
            parts = []
            if not token.contents.startswith("plural"):
                break
    plural = forms[1] if len(forms) > 1 else None
    return Entry(context=_context(words), msgid=forms[0], plural=plural)


def _joined(parts: list[str], words: list[str]) -> str:
    text = "".join(parts)
    return trim_whitespace(text) if "trimmed" in words else text


def _context(words: list[str]) -> str | None:
    if "context" not in words[:-1]:
        return None
    return words[words.index("context") + 1].strip("\"'")
