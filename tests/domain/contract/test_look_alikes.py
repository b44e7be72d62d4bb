"""Keys that look alike: the same where a person could not tell, asked about where one could."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.domain.contract.cells import CellRefused
from knockon.domain.contract.keytext import look_alike_pattern, read_key


def _looks_like(asked: str, known: str) -> bool:
    return re.match(look_alike_pattern(asked), known, re.IGNORECASE) is not None


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("\uff2c\uff2f\uff34\uff11", "LOT1"),
        ("  LOT1 ", "LOT1"),
        ("LOT\uff11", "LOT1"),
        ("00123", "00123"),
    ],
)
def test_tr_25_width_and_blanks_around_are_no_difference(written, key):
    assert read_key(written) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [("L001", "LO01"), ("lot1", "LOT1"), ("00123", "123"), ("A 1", "A1"), ("A-1", "A1")],
)
def test_tr_25_what_a_person_can_tell_apart_is_never_one_key(one, other):
    assert read_key(one) != read_key(other)
    assert _looks_like(one, other)
    assert _looks_like(other, one)


@pytest.mark.parametrize("number", ["1.00E+05", "1.2E+11"])
def test_tr_25_number_that_a_spreadsheet_cut_short_is_refused(number):
    with pytest.raises(CellRefused) as caught:
        read_key(number)

    assert caught.value.data["why"] == "key_lost_digits"


def test_tr_25_key_that_only_reads_like_a_number_stays_as_it_is():
    assert read_key("1E5") == "1E5"
    assert read_key(100000.0) == "100000"


@pytest.mark.parametrize(("one", "other"), [("L001", "L002"), ("LOT1", "LOT11"), ("0", "1")])
def test_other_keys_do_not_look_alike(one, other):
    assert not _looks_like(one, other)


@given(st.text(st.sampled_from("0O1lIA-_ .*[]()9"), min_size=1, max_size=8))
def test_every_key_looks_like_itself_and_no_key_breaks_the_pattern(text):
    key = read_key(text)

    assert key is None or _looks_like(key, key)
