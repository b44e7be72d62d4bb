"""No exported cell is run by the program that opens it."""

import pytest

from knockon.domain.spreadsheet_text import shown_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+886 2 1234", "'+886 2 1234"),
        ("-cmd", "'-cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1+1", "'  =1+1"),
        ("\t=1", "'\t'=1"),
        ("a;=1+1", "a;'=1+1"),
        ("a, @b", "a, '@b"),
        ("-12.5", "-12.5"),
        ("+1,200", "+1,200"),
        ("A-1", "A-1"),
        ("上蓋 = 1", "上蓋 = 1"),
        ("", ""),
    ],
)
def test_what_could_run_is_only_shown(text: str, shown: str) -> None:
    assert shown_text(text) == shown
