"""Gettext catalogues without the gettext programs: read, compile, and bring up to date.

``python -m tools.catalogues update`` adds new texts of the sources to each ``.po`` file, and
removes the ones that are gone; ``compile`` writes the ``.mo`` files that Django loads.
"""

import ast
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "src" / "knockon" / "locale"
_CONTEXT_MARK = "\x04"
_MAGIC = 0x950412DE
Key = tuple[str | None, str]


class CatalogueBroken(Exception):
    """A ``.po`` file cannot be read; the message names file and line."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """One text of a catalogue.

    Parameters
    ----------
    context, msgid, plural
        What identifies the text in the source.
    texts
        Translations, one for each plural form.
    comments
        Lines that begin with ``#``, as they stand.
    """

    context: str | None = None
    msgid: str = ""
    plural: str | None = None
    texts: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """What a lookup goes by."""
        return (self.context, self.msgid)

    @property
    def is_fuzzy(self) -> bool:
        """Whether a person still has to confirm the translation."""
        return any(line.startswith("#,") and "fuzzy" in line for line in self.comments)

    @property
    def is_translated(self) -> bool:
        """Whether every form has a text."""
        return bool(self.texts) and all(self.texts)


def read_catalogue(path: Path) -> list[Entry]:
    """Return the entries of a ``.po`` file, the header (an empty msgid) first.

    Raises
    ------
    CatalogueBroken
        A line is not understood.
    """
    return _Reader(path).entries()


def compile_catalogue(path: Path) -> Path:
    """Write the ``.mo`` file beside a ``.po`` file and return its path.

    Untranslated and fuzzy entries are left out: Django then shows the source text.
    """
    texts = {
        _lookup_id(entry): "\0".join(entry.texts)
        for entry in read_catalogue(path)
        if entry.is_translated and (not entry.is_fuzzy or not entry.msgid)
    }
    target = path.with_suffix(".mo")
    draft = target.with_suffix(".mo.new")
    draft.write_bytes(_packed(texts))
    draft.replace(target)
    return target


def compile_all(locales: Path = LOCALES) -> list[Path]:
    """Compile every catalogue of the package."""
    return [compile_catalogue(path) for path in sorted(locales.rglob("*.po"))]


def write_catalogue(path: Path, entries: Iterable[Entry]) -> None:
    """Write entries as a ``.po`` file."""
    path.write_text("\n".join(_written(entry) for entry in entries), encoding="utf-8")


def update_catalogue(path: Path, texts: Iterable[Entry]) -> tuple[int, int]:
    """Make a catalogue hold exactly the given source texts; return how many came and went."""
    old = read_catalogue(path)
    known = {entry.key: entry for entry in old}
    wanted = {entry.key: entry for entry in texts}
    header = known.get((None, ""), Entry(texts=["Content-Type: text/plain; charset=UTF-8\n"]))
    kept = []
    for key in sorted(wanted, key=lambda key: (key[1], key[0] or "")):
        entry = known.get(key) or wanted[key]
        entry.plural = wanted[key].plural
        kept.append(entry)
    write_catalogue(path, [header, *kept])
    gone = known.keys() - wanted.keys() - {(None, "")}
    return len(wanted.keys() - known.keys()), len(gone)


class _Reader:
    """One pass over a ``.po`` file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._done: list[Entry] = []
        self._entry = Entry()
        self._target = ""

    def entries(self) -> list[Entry]:
        for number, line in enumerate(self._path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                self._take(line.strip())
            except (ValueError, SyntaxError, IndexError) as error:
                message = f"{self._path}:{number}: {line.strip()!r} is not understood"
                raise CatalogueBroken(message) from error
        self._close()
        return self._done

    def _take(self, line: str) -> None:
        if not line:
            self._close()
        elif line.startswith("#~"):
            return
        elif line.startswith("#"):
            if self._target:
                self._close()
            self._entry.comments.append(line)
        elif line.startswith('"'):
            self._append(_unquoted(line))
        else:
            keyword, _, text = line.partition(" ")
            self._begin(keyword)
            self._append(_unquoted(text.strip()))

    def _begin(self, keyword: str) -> None:
        if keyword in {"msgctxt", "msgid"} and self._target.startswith("msgstr"):
            self._close()
        self._target = keyword
        if keyword == "msgctxt":
            self._entry.context = ""
        elif keyword == "msgid_plural":
            self._entry.plural = ""
        elif keyword.startswith("msgstr"):
            self._entry.texts.append("")
        elif keyword != "msgid":
            raise ValueError(keyword)

    def _append(self, text: str) -> None:
        if self._target == "msgctxt":
            self._entry.context = (self._entry.context or "") + text
        elif self._target == "msgid":
            self._entry.msgid += text
        elif self._target == "msgid_plural":
            self._entry.plural = (self._entry.plural or "") + text
        else:
            self._entry.texts[-1] += text

    def _close(self) -> None:
        if self._target:
            self._done.append(self._entry)
        if self._target or self._entry.comments:
            self._entry = Entry()
        self._target = ""


def _unquoted(text: str) -> str:
    value = ast.literal_eval(text)
    if not isinstance(value, str):
        raise TypeError(text)
    return value


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    lines = plain.split("\n")
    if len(lines) == 1:
        return f'"{plain}"'
    parts = [f'"{line}\\n"' for line in lines[:-1]] + ([f'"{lines[-1]}"'] if lines[-1] else [])
    return "\n".join(['""', *parts])


def _written(entry: Entry) -> str:
    lines = list(entry.comments)
    if entry.context is not None:
        lines.append(f"msgctxt {_quoted(entry.context)}")
    lines.append(f"msgid {_quoted(entry.msgid)}")
    if entry.plural is None:
        lines.append(f"msgstr {_quoted(entry.texts[0] if entry.texts else '')}")
    else:
        lines.append(f"msgid_plural {_quoted(entry.plural)}")
        texts = entry.texts or [""]
        lines.extend(f"msgstr[{form}] {_quoted(text)}" for form, text in enumerate(texts))
    return "\n".join([*lines, ""])


def _lookup_id(entry: Entry) -> str:
    name = entry.msgid if entry.plural is None else f"{entry.msgid}\0{entry.plural}"
    return name if entry.context is None else f"{entry.context}{_CONTEXT_MARK}{name}"


def _packed(texts: dict[str, str]) -> bytes:
    # GNU .mo: header, table of originals, table of translations, then the zero-ended strings;
    # originals sorted, because readers search by halves.
    pairs = sorted((key.encode(), value.encode()) for key, value in texts.items())
    count = len(pairs)
    header_size, table_size = 28, 8 * count
    offset = header_size + 2 * table_size
    tables: list[bytes] = []
    strings: list[bytes] = []
    for column in zip(*pairs, strict=True):
        for text in column:
            tables.append(struct.pack("<II", len(text), offset))
            strings.append(text + b"\0")
            offset += len(text) + 1
    head = struct.pack("<7I", _MAGIC, 0, count, header_size, header_size + table_size, 0, offset)
    return head + b"".join(tables) + b"".join(strings)


def _main(arguments: list[str]) -> int:
    if arguments == ["compile"]:
        for path in compile_all():
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")
        return 0
    if arguments == ["update"]:
        # Only this needs Django, and set-up runs before Django is there.
        from tools.source_texts import source_texts  # noqa: PLC0415

        for path in sorted(LOCALES.rglob("django.po")):
            came, gone = update_catalogue(path, source_texts(ROOT / "src" / "knockon"))
            sys.stdout.write(f"{path.relative_to(ROOT)}: {came} new, {gone} gone\n")
        return 0
    sys.stderr.write("usage: python -m tools.catalogues compile|update\n")
    return 3


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
