# ruff: noqa: DTZ001, RUF001 - workbooks hold times without zone, lists hold wide signs
"""Cells as the trade prints them, read into values."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.domain.contract.cells import CellRefused, cell_text
from knockon.domain.contract.dates import DateForm, read_date, read_time, roc_text
from knockon.domain.contract.instants import TimeDoubt, read_instant
from knockon.domain.contract.keytext import read_bool, read_enum, read_key, read_list, translated
from knockon.domain.contract.quantities import (
    NumberForm,
    read_decimal,
    read_duration,
    read_integer,
)
from knockon.domain.contract.specs import DateOnly
from knockon.domain.times import Moment

TAIPEI = ZoneInfo("Asia/Taipei")
BERLIN = ZoneInfo("Europe/Berlin")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("00123", "00123"),
        ("  A-1 ", "A-1"),
        ("\u3000ＡＢ１２\u3000", "AB12"),
        ("O0-o0", "O0-o0"),
        (123.0, "123"),
        (1.5, "1.5"),
        (123456789012345.0, "123456789012345"),
        (0.0, "0"),
        (True, "true"),
        ("\ufeffM-01", "M-01"),
        (datetime(2026, 3, 5), "2026-03-05"),
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
def test_keys_stay_as_given(cell, key):
    assert read_key(cell) == key


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("1.23457E+11", "key_lost_digits"),
        (1234567890123456.0, "key_lost_digits"),
        ("A\x00B", "control_character"),
        ("x" * 201, "text_too_long"),
    ],
)
def test_keys_that_cannot_be_known_are_refused(cell, why):
    with pytest.raises(CellRefused) as refusal:
        read_key(cell)

    assert refusal.value.why == why


def test_part_number_with_an_e_is_not_taken_for_a_number():
    assert read_key("12E3") == "12E3"


@given(st.text(alphabet="O0oIl1-_/ABCabc 9", min_size=1, max_size=30))
def test_key_reading_never_changes_a_character(text):
    key = read_key(text)

    assert (key or "") == text.strip()


@given(st.text(max_size=60))
def test_key_reading_is_idempotent_or_refuses(text):
    try:
        key = read_key(text)
    except CellRefused:
        return

    assert read_key(key) == key


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1,200.00", "1200.00"),
        ("100-", "-100"),
        ("(100)", "-100"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("+5", "5"),
        ("１，２００．５", "1200.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("NT$ 1,200", "1200"),
        ("¥12.50", "12.50"),
        ("5%", "0.05"),
        ("1 200", "1200"),
        ("1'200", "1200"),
        ("1.2E+03", "1200"),
        (0.1, "0.1"),
        (0.30000000000000004, "0.3"),
        (1e-7, "0.0000001"),
        (3, "3"),
        ("0", "0"),
    ],
)
def test_numbers_as_ledgers_print_them(cell, number):
    assert read_decimal(cell) == Decimal(number)


@pytest.mark.parametrize(
    ("cell", "number"), [("1.200,50", "1200.50"), ("1.200", "1200"), ("0,5", "0.5"), ("12-", "-12")]
)
def test_numbers_with_a_decimal_comma(cell, number):
    assert read_decimal(cell, form=NumberForm.COMMA) == Decimal(number)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("NaN", "number_not_finite"),
        ("-Infinity", "number_not_finite"),
        (float("inf"), "number_not_finite"),
        (float("nan"), "number_not_finite"),
        ("1e999", "number_too_long"),
        ("1e18", "number_too_long"),
        ("9" * 60, "number_too_long"),
        ("1,20", "not_a_number"),
        ("12,34,567", "not_a_number"),
        ("1.2.3", "not_a_number"),
        ("abc", "not_a_number"),
        ("-", "not_a_number"),
        ("12 PCS", "not_a_number"),
        ("E1", "not_a_number"),
        (".E5", "not_a_number"),
        (True, "not_a_number"),
        (datetime(2026, 3, 5), "not_a_number"),
    ],
)
def test_what_is_no_quantity_is_refused(cell, why):
    with pytest.raises(CellRefused) as refusal:
        read_decimal(cell)

    assert refusal.value.why == why


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4
    )
)
def test_numbers_survive_being_printed(number):
    assert read_decimal(f"{number:,}") == number
    assert read_decimal(f"{abs(number):,}-") == -abs(number)


@given(st.text(alphabet="0123456789,.eE+-() %'$元x", max_size=14))
def test_any_text_is_a_finite_number_or_refused(text):
    try:
        number = read_decimal(text)
    except CellRefused:
        return

    assert number is None or number.is_finite()


@given(
    st.text(alphabet="0123456789/-.: 年月日上下午TZ+民國", max_size=20), st.sampled_from(DateForm)
)
def test_any_text_is_a_day_or_refused(text, form):
    try:
        day = read_date(text, form=form)
    except CellRefused:
        return

    assert day is None or isinstance(day, date)


def test_whole_numbers():
    assert read_integer("0010") == 10
    assert read_integer(20.0) == 20
    with pytest.raises(CellRefused, match="not_whole"):
        read_integer("1.5")
    with pytest.raises(CellRefused, match="number_too_long"):
        read_integer("3000000000")


@pytest.mark.parametrize(
    ("cell", "unit", "length"),
    [
        ("90", "min", "90"),
        ("1:30:00", "min", "90"),
        ("0:00:45", "min", "0.75"),
        (time(0, 2), "s", "120"),
    ],
)
def test_lengths_of_time(cell, unit, length):
    assert read_duration(cell, unit=unit) == Decimal(length)


@pytest.mark.parametrize(
    ("cell", "form", "day"),
    [
        ("2026-03-05", DateForm.ISO, date(2026, 3, 5)),
        ("20260305", DateForm.COMPACT, date(2026, 3, 5)),
        (20260305.0, DateForm.COMPACT, date(2026, 3, 5)),
        ("2026/3/5", DateForm.YEAR_FIRST, date(2026, 3, 5)),
        ("2026.03.05", DateForm.YEAR_FIRST, date(2026, 3, 5)),
        ("2026/3/5(四)", DateForm.YEAR_FIRST, date(2026, 3, 5)),
        ("05.03.2026", DateForm.DAY_FIRST, date(2026, 3, 5)),
        ("03/05/2026", DateForm.MONTH_FIRST, date(2026, 3, 5)),
        ("46086", DateForm.EXCEL, date(2026, 3, 5)),
        (46086.604, DateForm.EXCEL, date(2026, 3, 5)),
        ("115/03/05", DateForm.ROC, date(2026, 3, 5)),
        ("1150305", DateForm.ROC, date(2026, 3, 5)),
        ("民國115年3月5日", DateForm.ROC, date(2026, 3, 5)),
        ("99.12.31", DateForm.ROC, date(2010, 12, 31)),
        ("2026年3月5日", DateForm.CHINESE, date(2026, 3, 5)),
        (datetime(2026, 3, 5, 14), DateForm.ROC, date(2026, 3, 5)),
        (date(2026, 3, 5), DateForm.ISO, date(2026, 3, 5)),
    ],
)
def test_days_by_the_declared_form(cell, form, day):
    assert read_date(cell, form=form) == day


NO_DATES = [
    "",
    None,
    "00000000",
    "0",
    "0000-00-00",
    "0000/00/00",
    "9999/12/31",
    "99991231",
    "9999-12-31 00:00:00",
    "  /  /  ",
    "00.00.0000",
]


@pytest.mark.parametrize("cell", NO_DATES)
@pytest.mark.parametrize("form", list(DateForm))
def test_placeholders_are_no_date(cell, form):
    assert read_date(cell, form=form) is None


@pytest.mark.parametrize(
    ("cell", "form", "why"),
    [
        ("2026/02/31", DateForm.YEAR_FIRST, "no_such_date"),
        ("20260305", DateForm.YEAR_FIRST, "wrong_date_form"),
        ("2026/3/5", DateForm.ROC, "wrong_date_form"),
        ("13/13/2026", DateForm.DAY_FIRST, "no_such_date"),
        ("45", DateForm.EXCEL, "no_such_date"),
        ("soon", DateForm.EXCEL, "wrong_date_form"),
        ("2026-03-05 25:00", DateForm.ISO, "no_such_time"),
        ("2026-03-05 noon", DateForm.ISO, "wrong_date_form"),
        ("2026-03-05T10:00+99:00", DateForm.ISO, "no_such_time"),
    ],
)
def test_days_that_do_not_fit_are_refused(cell, form, why):
    with pytest.raises(CellRefused) as refusal:
        read_date(cell, form=form)

    assert refusal.value.why == why


@given(st.dates(min_value=date(1912, 1, 1), max_value=date(2900, 12, 31)))
def test_republic_years_survive_being_printed(day):
    assert read_date(roc_text(day), form=DateForm.ROC) == day
    assert read_date(roc_text(day).replace("/", ""), form=DateForm.ROC) == day


@pytest.mark.parametrize(
    ("cell", "form", "expected"),
    [
        ("2026/3/5 下午 02:30", DateForm.YEAR_FIRST, at(2026, 3, 5, 6, 30)),
        ("2026/3/5 上午 12:10", DateForm.YEAR_FIRST, at(2026, 3, 4, 16, 10)),
        ("2026/3/5 2:30 PM", DateForm.YEAR_FIRST, at(2026, 3, 5, 6, 30)),
        ("2026-03-05T14:30:00+02:00", DateForm.ISO, at(2026, 3, 5, 12, 30)),
        ("2026-03-05T14:30:00.250Z", DateForm.ISO, at(2026, 3, 5, 14, 30, 0, 250000)),
        ("2026-03-05 14:30", DateForm.ISO, at(2026, 3, 5, 6, 30)),
        ("20260305143000", DateForm.COMPACT, at(2026, 3, 5, 6, 30)),
        ("115/03/05 14:30", DateForm.ROC, at(2026, 3, 5, 6, 30)),
        ("2026年3月5日 14时30分", DateForm.CHINESE, at(2026, 3, 5, 6, 30)),
        ("2026-03-05 24:00", DateForm.ISO, at(2026, 3, 5, 16)),
        (46086.604166667, DateForm.EXCEL, at(2026, 3, 5, 6, 30)),
        (datetime(2026, 3, 5, 14, 30), DateForm.ISO, at(2026, 3, 5, 6, 30)),
        ("2026-03-05 00:00:00", DateForm.ISO, at(2026, 3, 4, 16)),
    ],
)
def test_instants_are_exact_in_utc(cell, form, expected):
    read = read_instant(cell, form=form, zone=TAIPEI)

    assert read.moment == Moment.exactly(expected)
    assert read.doubt is None


def test_source_offset_is_kept():
    assert read_instant("2026-03-05T14:30+02:00", form=DateForm.ISO, zone=TAIPEI).offset_min == 120


@pytest.mark.parametrize("cell", ["2026-03-05", datetime(2026, 3, 5), date(2026, 3, 5)])
def test_day_without_time_is_that_day_of_the_plant(cell):
    read = read_instant(cell, form=DateForm.ISO, zone=TAIPEI)

    assert read.moment == Moment(at(2026, 3, 4, 16), at(2026, 3, 5, 15, 59, 59, 999999))
    assert (read.day, read.doubt) == (date(2026, 3, 5), TimeDoubt.DATE_ONLY)


def test_midnight_printed_for_a_day_is_a_day_where_the_column_says_so():
    read = read_instant(
        "2026/3/5 00:00:00", form=DateForm.YEAR_FIRST, zone=TAIPEI, midnight_is_day=True
    )

    assert read.day == date(2026, 3, 5)


def test_validity_days_are_exact():
    start = read_instant("2026-03-05", form=DateForm.ISO, zone=TAIPEI, date_only=DateOnly.DAY_START)
    end = read_instant("2026-03-05", form=DateForm.ISO, zone=TAIPEI, date_only=DateOnly.DAY_END)

    assert start.moment == Moment.exactly(at(2026, 3, 4, 16))
    assert end.moment == Moment.exactly(at(2026, 3, 5, 16))


@pytest.mark.parametrize("cell", ["2026-03-29 02:30", "2026-10-25 02:30"])
def test_skipped_and_repeated_hours_are_an_interval(cell):
    read = read_instant(cell, form=DateForm.ISO, zone=BERLIN)

    assert read.moment.latest - read.moment.earliest == timedelta(hours=1)
    assert read.doubt is TimeDoubt.CLOCK_CHANGE


def test_day_of_a_clock_change_has_its_own_length():
    read = read_instant("2026-10-25", form=DateForm.ISO, zone=BERLIN)

    assert read.moment == Moment(at(2026, 10, 24, 22), at(2026, 10, 25, 22, 59, 59, 999999))


@pytest.mark.parametrize(
    ("cell", "clock"),
    [
        ("14:30", time(14, 30)),
        ("1430", time(14, 30)),
        ("下午 02:30", time(14, 30)),
        ("2:30 PM", time(14, 30)),
        ("24:00", time(0)),
        (0.604166667, time(14, 30)),
        (time(14, 30), time(14, 30)),
    ],
)
def test_times_of_day(cell, clock):
    assert read_time(cell).replace(microsecond=0) == clock


def test_choices_lists_yes_and_no():
    assert read_bool("是") is True
    assert read_bool("N") is False
    assert read_enum("Finished", values=("raw", "finished")) == "finished"
    assert read_list("M-01; M-02；M-03") == ("M-01", "M-02", "M-03")
    with pytest.raises(CellRefused, match="unknown_value"):
        read_enum("blue", values=("raw",))
    with pytest.raises(CellRefused, match="not_yes_or_no"):
        read_bool("maybe")


def test_value_map_tells_big_from_small_letters_first():
    codes = {"Y": "done", "y": "cancelled", "n": "open"}

    assert [translated(code, codes) for code in ("Y", "y", "N", "?")] == [
        "done",
        "cancelled",
        "open",
        "?",
    ]


def test_cells_print_as_a_person_reads_them():
    assert cell_text(123.0) == "123"
    assert cell_text(1e-7) == "0.0000001"
    assert cell_text(datetime(2026, 3, 5, 14, 30)) == "2026-03-05 14:30:00"
