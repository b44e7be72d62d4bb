"""Every ugly trace case that we promise to be right in has a test of its own, named by its id."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
_NAME = re.compile(r"test_tr_?(\d\d)_")

CASES = {
    "01": "rework loops and returns of returns",
    "02": "depth and width beyond any recursion limit",
    "03": "split lots, some of them shipped before",
    "04": "merged lots that are split again",
    "05": "a lot number corrected after posting",
    "06": "several batches of one component in one order",
    "07": "components known by order only",
    "08": "a lot used partly before the defect",
    "09": "a component recovered and used again",
    "10": "co-products, by-products and trimmings fed again",
    "11": "scrap that is taken back",
    "12": "returns, and returned goods shipped to somebody else",
    "13": "material that stands in for another",
    "14": "phantom levels that are never stocked",
    "15": "units that are converted into each other",
    "16": "more consumed than there was",
    "17": "backflush that guesses lots and posts twice",
    "18": "material issued before its receipt was posted",
    "19": "a correction after the recall was closed",
    "20": "an event that comes late",
    "21": "a reversal that comes before what it reverses",
    "22": "one event exported again under another number",
    "23": "pallets, and pallet numbers used again",
    "24": "one lot number of two issuers",
    "25": "numbers that look alike",
    "26": "tanks that are topped up and cleaned",
    "27": "material that flows through a machine",
    "28": "tools, ovens, gauges and people that lots share",
    "29": "a window whose beginning nobody knows",
    "30": "clocks that are wrong",
    "31": "events on the boundary and windows without length",
    "32": "a clock hour that comes twice",
    "33": "every unit in one place at an instant",
    "34": "whose goods they are",
    "35": "what is reserved and planned",
    "36": "a balance that hides nothing",
    "37": "several reasons for one lot",
    "38": "rework that frees, and a relapse",
    "39": "a sample that passed",
    "40": "people forgotten and lots archived",
    "41": "one transfer told by two plants",
    "42": "an origin that nobody recorded",
    "43": "an answer while events come in",
    "44": "a reader who may not see every plant",
}


def _tested() -> Iterator[str]:
    for file in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            found = _NAME.match(node.name) if isinstance(node, ast.FunctionDef) else None
            if found:
                yield found[1]


@pytest.fixture(scope="module")
def tested() -> set[str]:
    return set(_tested())


def test_there_are_44_trace_cases() -> None:
    assert list(CASES) == [f"{number:02}" for number in range(1, 45)]


@pytest.mark.parametrize("case", CASES, ids=[f"TR-{case} {CASES[case]}" for case in CASES])
def test_trace_case_has_a_test(case: str, tested: set[str]) -> None:
    assert case in tested


def test_no_test_is_named_after_a_case_that_is_not_there(tested: set[str]) -> None:
    assert tested <= set(CASES)
