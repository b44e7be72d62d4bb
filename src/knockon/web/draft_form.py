"""What the draft page's forms say, as choices."""

import re
from collections.abc import Mapping

from knockon.apps.production.services.draft_edits import ListPlace
from knockon.domain.mapping import FilterOp, RowFilter
from knockon.domain.mapping_choices import MappingChoices

_BETWEEN_VALUES = re.compile(r"\s*[,\N{FULLWIDTH COMMA}\N{IDEOGRAPHIC COMMA};]\s*")
_MOST_ENTRIES = 2_000


def place_of(form: Mapping[str, str]) -> ListPlace:
    """Return which list a form is about."""
    return ListPlace(
        file=form.get("file", ""), sheet=form.get("sheet", ""), table=form.get("table", "")
    )


def choices_of(form: Mapping[str, str]) -> MappingChoices:
    """Return what a form says about a list's columns, forms, values and rows.

    Each entry comes as a pair: ``header-3`` names what ``column-3`` chooses.
    """
    return MappingChoices(
        columns=dict(_pairs(form, "header", "column")),
        forms=_by_name(form, "form"),
        separators=_by_name(form, "separator"),
        values=_values(form),
        filters=_filters(form) if "filters" in form else None,
    )


def cell_of(form: Mapping[str, str]) -> dict[str, object]:
    """Return the cell that a form mends."""
    row = form.get("row", "")
    return {
        "file": form.get("file", ""),
        "sheet": form.get("sheet", ""),
        "row": int(row) if row.isdecimal() and len(row) < 10 else 0,
        "column": form.get("column", ""),
        "value": form.get("value", "")[:1000],
    }


def _pairs(form: Mapping[str, str], name: str, value: str) -> list[tuple[str, str]]:
    return [
        (form[f"{name}-{number}"], form.get(f"{value}-{number}", ""))
        for number in _numbers(form, name)
    ]


def _numbers(form: Mapping[str, str], name: str) -> list[int]:
    tails = (key.removeprefix(f"{name}-") for key in form if key.startswith(f"{name}-"))
    return sorted(int(tail) for tail in tails if tail.isdecimal() and len(tail) < 6)[:_MOST_ENTRIES]


def _by_name(form: Mapping[str, str], name: str) -> dict[str, str]:
    return {key.removeprefix(f"{name}-"): form[key] for key in form if key.startswith(f"{name}-")}


def _values(form: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return contract column → what the file writes → what it means."""
    found: dict[str, dict[str, str]] = {}
    for number in _numbers(form, "word"):
        column = form.get(f"of-{number}", "")
        word = form[f"word-{number}"].strip()
        if column and word:
            found.setdefault(column, {})[word] = form.get(f"meaning-{number}", "").strip()
    return found


def _filters(form: Mapping[str, str]) -> tuple[RowFilter, ...]:
    found = []
    for number in _numbers(form, "filter"):
        source, asked = form[f"filter-{number}"], form.get(f"asks-{number}", "")
        text = form.get(f"filtered-{number}", "").strip()
        if source and asked in set(FilterOp):
            values = tuple(part for part in _BETWEEN_VALUES.split(text) if part)
            found.append(RowFilter(source=source, op=FilterOp(asked), values=values))
    return tuple(found)
