"""Our own reader and writer of catalogues agree with gettext's formats."""

import gettext
from pathlib import Path

import pytest

from tools.catalogues import (
    CatalogueBroken,
    Entry,
    compile_catalogue,
    read_catalogue,
    update_catalogue,
    write_catalogue,
)

HEADER = Entry(
    texts=["Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n != 1;\n"]
)
ENTRIES = [
    HEADER,
    Entry(msgid="Board", texts=["看板"]),
    Entry(context="title", msgid="Board", texts=["董事會"]),
    Entry(msgid='A "quoted"\\ line\nand\tmore', texts=['「引」\\\n\t"']),
    Entry(msgid="%(n)s lot", plural="%(n)s lots", texts=["%(n)s 批", "%(n)s 批次"]),
    Entry(msgid="Doubtful", texts=["不確定"], comments=["#, fuzzy"]),
    Entry(msgid="Empty", texts=[""]),
]


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "django.po"
    write_catalogue(path, ENTRIES)
    return path


def test_what_is_written_is_read_again(catalogue: Path) -> None:
    assert read_catalogue(catalogue) == ENTRIES


def test_pythons_gettext_reads_what_we_compile(catalogue: Path) -> None:
    with compile_catalogue(catalogue).open("rb") as file:
        texts = gettext.GNUTranslations(file)

    assert texts.gettext("Board") == "看板"
    assert texts.pgettext("title", "Board") == "董事會"
    assert texts.gettext('A "quoted"\\ line\nand\tmore') == '「引」\\\n\t"'
    assert texts.ngettext("%(n)s lot", "%(n)s lots", 1) == "%(n)s 批"
    assert texts.ngettext("%(n)s lot", "%(n)s lots", 5) == "%(n)s 批次"
    assert texts.gettext("Doubtful") == "Doubtful"
    assert texts.gettext("Empty") == "Empty"


def test_wrapped_lines_and_obsolete_entries_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    path.write_text(
        '# a note\nmsgid ""\n"Two "\n"parts"\nmsgstr ""\n"兩"\n"段"\n#~ msgid "old"\n',
        encoding="utf-8",
    )

    assert read_catalogue(path) == [Entry(msgid="Two parts", texts=["兩段"], comments=["# a note"])]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    path.write_text('msgid "Board"\nmsgstr Tafel\n', encoding="utf-8")

    with pytest.raises(CatalogueBroken, match=r"django\.po:2: "):
        read_catalogue(path)


def test_an_update_keeps_adds_and_removes(catalogue: Path) -> None:
    wanted = [Entry(msgid="Board"), Entry(msgid="New", comments=["#: web/board.py"])]

    came, gone = update_catalogue(catalogue, wanted)

    assert (came, gone) == (1, 5)
    assert [(entry.msgid, entry.texts) for entry in read_catalogue(catalogue)] == [
        ("", HEADER.texts),
        ("Board", ["看板"]),
        ("New", [""]),
    ]
