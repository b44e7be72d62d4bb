"""Code pages, delimiters and stored values."""

from datetime import date, datetime, time

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.adapters.connectors.tabular import connector
from knockon.adapters.connectors.tabular.encodings import decode, detect
from knockon.adapters.connectors.tabular.sheet_transfer import decode_sheets, encode_sheets
from knockon.ports.connector import RawSheet

TRADITIONAL = "製令單號,品號,預計產量\r\n5101-1,上蓋,100\r\n"
SIMPLIFIED = "生产订单号,物料编码,数量\r\nMO1,控制板,100\r\n"


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (TRADITIONAL, "cp950", "cp950"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (TRADITIONAL, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8-sig"),
        (TRADITIONAL, "utf-16", "utf-16"),
        (TRADITIONAL, "gb18030", "gb18030"),
        ("work_order,item\r\nW1,A\r\n", "utf-16-le", "utf-16-le"),
        ("work_order,item\r\nW1,A\r\n", "ascii", "utf-8"),
    ],
)
def test_code_page_is_told_from_the_bytes(text, encoding, found):
    decoded = decode(text.encode(encoding))

    assert (decoded.text, decoded.encoding) == (text, found)


@pytest.mark.parametrize(
    ("code", "character"),
    [
        (b"\xfa\x40", "\ue000"),
        (b"\xfe\xfe", "\ue310"),
        (b"\x8e\x40", "\ue311"),
        (b"\xa0\xfe", "\ueeb7"),
        (b"\x81\x40", "\ueeb8"),
        (b"\x8d\xfe", "\uf6b0"),
        (b"\xc8\xfe", "\uf848"),
    ],
)
def test_user_defined_characters_of_big5_are_kept(code, character):
    decoded = decode("品號:".encode("cp950") + code, encoding="cp950")

    assert decoded.text == f"品號:{character}"
    assert decoded.notes[0].params == {"count": 1, "characters": f"U+{ord(character):04X}"}


@given(st.text(alphabet="品號料單位數量製令上蓋甲乙丙丁", min_size=1, max_size=40))
def test_traditional_text_survives_its_code_page(text):
    assert decode(text.encode("cp950"), encoding="cp950").text == text


@given(st.binary(max_size=300))
def test_any_bytes_get_an_encoding(data):
    assert detect(data) in {
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "cp950",
        "gb18030",
    }


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimiter_is_told_from_the_lines(tmp_path, delimiter):
    path = tmp_path / "list.txt"
    lines = [
        ["Title, with; signs"],
        ["item", "name", "qty"],
        ["A", "x;y,z", "1,200"],
        ["B", "w", "2"],
    ]
    path.write_text(
        "\n".join(
            delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in line)
            for line in lines
        )
        + "\n",
        encoding="utf-8",
    )

    (sheet,) = connector.read_sheets(path)

    assert sheet.delimiter == delimiter
    assert list(sheet.rows[2]) == ["A", "x;y,z", "1,200"]


def test_lines_keep_their_numbers_across_quoted_breaks_and_rulers(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text('item,name\nA,"two\nlines"\nB,x\n', encoding="utf-8")

    (sheet,) = connector.read_sheets(path)

    assert list(sheet.numbers) == [1, 2, 4]


def test_text_that_was_protected_from_a_spreadsheet_is_unwrapped(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text('item,qty\n="00123",5\n', encoding="utf-8")

    (sheet,) = connector.read_sheets(path)

    assert sheet.rows[1][0] == "00123"


def test_workbook_gives_stored_values_with_their_types(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["a", "b", "c", "d", "e"])
    sheet.append([123, "00123", date(2026, 3, 5), datetime(2026, 3, 5, 14, 30), time(7, 30)])  # noqa: DTZ001
    hidden = book.create_sheet("hidden")
    hidden.append(["x", "y"])
    hidden.sheet_state = "hidden"
    book.create_sheet("empty")
    path = tmp_path / "book.xlsx"
    book.save(path)

    sheets = connector.read_sheets(path)

    assert [each.name for each in sheets] == ["Sheet"]
    assert list(sheets[0].rows[1]) == [
        123.0,
        "00123",
        date(2026, 3, 5),
        datetime(2026, 3, 5, 14, 30),  # noqa: DTZ001
        time(7, 30),
    ]


def test_number_shown_with_leading_zeros_keeps_them(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["item", "qty"])
    book.active.append([123, 5])
    book.active["A2"].number_format = "00000"
    path = tmp_path / "stock.xlsx"
    book.save(path)

    (sheet,) = connector.read_sheets(path)

    assert list(sheet.rows[1]) == ["00123", 5.0]


def test_sheets_survive_the_way_between_processes():
    sheet = RawSheet(
        file="f.xlsx",
        name="s",
        rows=[["a", None, 1.5], [date(2026, 3, 5), datetime(2026, 3, 5, 1), time(2)]],  # noqa: DTZ001
        numbers=[1, 2],
        merges=((0, 0, 0, 1),),
        sha256="00",
    )

    assert decode_sheets(encode_sheets([sheet])) == (sheet,)


def test_saved_code_page_and_delimiter_are_used_as_they_say(tmp_path):
    path = tmp_path / "list.txt"
    path.write_bytes("品號;數量\r\n上蓋,左;5\r\n".encode("cp950"))

    (sheet,) = connector.read_sheets_guarded(path, encoding="cp950", delimiter=";")

    assert [list(row) for row in sheet.rows] == [["品號", "數量"], ["上蓋,左", "5"]]
