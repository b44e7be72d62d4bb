"""Files that are broken, cut short or meant to hurt: each is refused by name, none is taken in."""

import io
import os
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from knockon.adapters.connectors.tabular import connector, reading
from knockon.ports.connector import ReadLimits
from knockon.ports.file_errors import (
    ArchiveBomb,
    ArchiveBroken,
    CellTooLong,
    DuplicateHeaders,
    EncodingBroken,
    FileCutShort,
    FileRefused,
    FileStillGrowing,
    FileTooLarge,
    FormatUnknown,
    ReadingStopped,
    XmlWithDtd,
)


@pytest.fixture
def workbook(tmp_path):
    """Write a small workbook and return its path."""
    book = openpyxl.Workbook()
    for row in (["work_order", "item", "qty"], ["W1", "A", 5], ["W2", "B", 6]):
        book.active.append(row)
    path = tmp_path / "work_orders.xlsx"
    book.save(path)
    return path


def with_part(path: Path, name: str, change):
    """Return a copy of a workbook with one part changed."""
    target = path.with_name(f"changed_{path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in source.namelist():
            data = source.read(entry)
            out.writestr(entry, change(data) if entry == name else data)
    return target


def refused(path: Path, kind: type[FileRefused], **limits):
    """Read under guard, and return the refusal."""
    with pytest.raises(kind) as refusal:
        connector.read_sheets_guarded(path, limits=ReadLimits(**limits))
    return refusal.value


SHEET = "xl/worksheets/sheet1.xml"


def test_honest_workbook_is_read_under_guard(workbook):
    (sheet,) = connector.read_sheets_guarded(workbook)

    assert [list(row) for row in sheet.rows] == [
        ["work_order", "item", "qty"],
        ["W1", "A", 5.0],
        ["W2", "B", 6.0],
    ]


def test_entry_that_unpacks_to_a_hundred_times_itself_is_refused(workbook):
    bomb = with_part(workbook, SHEET, lambda data: data + b" " * 5_000_000)

    refusal = refused(bomb, ArchiveBomb)

    assert refusal.data["entry"] == SHEET
    assert refusal.data["ratio"] > 100


def test_more_than_the_limit_in_all_is_refused(workbook):
    refusal = refused(workbook, ArchiveBomb, unpacked_bytes=1_000)

    assert refusal.data["limit"] == 1_000


def test_archive_that_lies_about_its_sizes_is_refused(workbook):
    data = bytearray(with_part(workbook, SHEET, lambda d: d + b" " * 5_000_000).read_bytes())
    # Central directory of the sheet: the declared size says 1,000 bytes.
    place = data.rfind(SHEET.encode()) - 46
    struct.pack_into("<I", data, place + 24, 1_000)
    liar = workbook.with_name("liar.xlsx")
    liar.write_bytes(data)

    refused(liar, ArchiveBroken)


def test_one_far_cell_does_not_span_a_sheet(workbook):
    far = with_part(workbook, SHEET, lambda data: data.replace(b'r="C3"', b'r="XFD1048576"'))

    refusal = refused(far, FileTooLarge)

    assert refusal.data["what"] in ("rows", "columns", "cells")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_document_type_is_refused(workbook, encoding):
    bad = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'.encode(encoding)
    laughs = with_part(workbook, SHEET, lambda data: data[:60] + bad + data[60:])

    assert refused(laughs, XmlWithDtd).data["entry"] == SHEET


def test_half_copied_workbook_is_refused(workbook):
    half = workbook.with_name("half.xlsx")
    half.write_bytes(workbook.read_bytes()[:-400])

    refused(half, ArchiveBroken)


def test_archive_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "photos.xlsx"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("readme.txt", "hello")

    with pytest.raises(FileRefused):
        connector.read_sheets_guarded(path)


def test_cell_of_ten_megabytes_is_refused(tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text("item,qty\nA,1\n" + "x" * 10_000_000 + ",2\n", encoding="utf-8")

    assert refused(path, CellTooLong).data["row"] == 3


def test_long_cell_is_refused_with_its_place(tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text(f"item,qty\nA,1\nB,{'9' * 40_000}\n", encoding="utf-8")

    refusal = refused(path, CellTooLong)

    assert (refusal.data["row"], refusal.data["column"], refusal.data["length"]) == (3, 2, 40_000)


def test_broken_encoding_is_refused_with_its_place(tmp_path):
    path = tmp_path / "items.csv"
    good = "item,name\n" + "".join(f"A{n},品名{n}\n" for n in range(40))
    path.write_bytes(good.encode() + b"A99,\xe5\x93\n")

    refusal = refused(path, EncodingBroken)

    assert refusal.data["line"] == 42
    assert refusal.data["offset"] == len(good.encode()) + 4


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "items.csv"
    path.write_bytes(bytes(range(256)) * 20)

    with pytest.raises((FormatUnknown, EncodingBroken)):
        connector.read_sheets_guarded(path)


def test_empty_file_is_refused(tmp_path):
    path = tmp_path / "items.csv"
    path.write_bytes(b"\r\n")

    assert refused(path, FormatUnknown).data["found"] == "empty"


def test_page_saved_as_a_workbook_is_refused(tmp_path):
    path = tmp_path / "items.xls"
    path.write_text("<html><table><tr><td>A</td></tr></table></html>", encoding="utf-8")

    assert refused(path, FormatUnknown).data["found"] == "markup"


def test_list_cut_inside_quotes_is_refused(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text('item,name\nA,"one"\nB,"tw', encoding="utf-8")

    assert refused(path, FileCutShort).data["why"] == "open_quote"


def test_list_cut_inside_its_last_row_is_refused(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text("item,name,uom\nA,one,PCS\nB,two,PCS\nC,thr", encoding="utf-8")

    assert refused(path, FileCutShort).data["row"] == 4


def test_whole_last_row_without_line_end_is_read(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text("item,name,uom\nA,one,PCS\nB,two,PCS\nC,three,PCS", encoding="utf-8")

    (sheet,) = connector.read_sheets(path)

    assert len(sheet.rows) == 4


def test_file_that_grows_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "items.csv"
    path.write_text("item\nA\n", encoding="utf-8")
    true_fstat, calls = os.fstat, []

    def growing(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            with path.open("a", encoding="utf-8") as writer:
                writer.write("B\n")
        return true_fstat(descriptor)

    monkeypatch.setattr(reading.os, "fstat", growing)

    with pytest.raises(FileStillGrowing):
        connector.read_sheets(path)


def test_links_are_not_followed(tmp_path):
    target = tmp_path / "secret.csv"
    target.write_text("item\nA\n", encoding="utf-8")
    link = tmp_path / "items.csv"
    link.symlink_to(target)

    assert refused(link, FormatUnknown).data["found"] == "link"


def test_pipes_are_not_opened(tmp_path):
    path = tmp_path / "items.csv"
    os.mkfifo(path)

    assert refused(path, FormatUnknown).data["found"] == "not_a_file"


def test_too_many_rows_are_refused(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text("item\n" + "A\n" * 50, encoding="utf-8")

    assert refused(path, FileTooLarge, rows=20).data["what"] == "rows"


def test_too_many_bytes_are_refused_unread(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text("item\n" + "A\n" * 50, encoding="utf-8")

    assert refused(path, FileTooLarge, file_bytes=50).data["found"] == 105


def test_reader_that_takes_too_much_memory_is_ended(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text("item,name\n" + "A,one\n" * 300_000, encoding="utf-8")

    refusal = refused(path, ReadingStopped, memory_bytes=150_000_000)

    assert refusal.data["why"] == "memory"


def test_reader_that_takes_too_long_is_ended(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text("item,name\n" + "A,one\n" * 1_000_000, encoding="utf-8")

    refusal = refused(path, ReadingStopped, seconds=1, rows=10_000_000)

    assert refusal.data["why"] == "time"


def test_duplicate_headers_are_refused_by_name(tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text("item,qty,qty\nA,1,2\n", encoding="utf-8")
    sheets = connector.read_sheets(path)

    with pytest.raises(DuplicateHeaders) as refusal:
        connector.recognise(sheets)

    assert (refusal.value.data["headers"], refusal.value.data["columns"]) == ("qty", "2, 3")


def test_equal_columns_of_one_name_are_one_column(tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text("item,uom,qty,uom\nA,PCS,1,PCS\n", encoding="utf-8")

    (found,) = connector.recognise(connector.read_sheets(path)).sheets

    assert [column.header for column in found.columns] == ["item", "uom", "qty"]


def test_locked_workbook_is_refused(tmp_path):
    path = tmp_path / "items.xlsx"
    # An encrypted workbook is an OLE container, not an archive.
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2048)

    with pytest.raises(FileRefused):
        connector.read_sheets_guarded(path)


def test_macros_and_formulas_are_not_run(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["item", "qty"])
    book.active.append(["A", "=1+1"])
    stream = io.BytesIO()
    book.save(stream)
    path = tmp_path / "stock.xlsx"
    path.write_bytes(stream.getvalue())

    (sheet,) = connector.read_sheets(path)

    # No program has stored a value for this formula, so there is none to read.
    assert sheet.rows[1][1] in ("", None)
