"""What evidence freed, as JSON values: beside the impact document, and in it on demand."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from knockon.domain.impact import Cleared, LotImpact
from knockon.domain.impact_document import instant_text, lot_row, order_row

Values = dict[str, Any]

_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "lots": ("issuer", "item", "lot"),
    "orders": ("order", "line"),
}


def cleared_values(cleared: Sequence[Cleared]) -> list[Values]:
    """Return what was freed: the list it belongs to, its row, the reason and when."""
    return [
        {
            "part": "lots" if isinstance(each.row, LotImpact) else "orders",
            "row": lot_row(each.row) if isinstance(each.row, LotImpact) else order_row(each.row),
            "reason": {"code": each.reason.code, "params": dict(each.reason.params)},
            "at": None if each.at is None else instant_text(each.at),
        }
        for each in cleared
    ]


def with_cleared(document: Mapping[str, Any], cleared: Sequence[Mapping[str, Any]]) -> Values:
    """Return the document with the rows that were freed, after those that are hit.

    Their class is ``CLEARED``; the list ``cleared`` names each with its reason.
    """
    whole = dict(document)
    for part in _KEYS:
        whole[part] = [*whole[part], *(each["row"] for each in cleared if each["part"] == part)]
    whole["cleared"] = [
        {
            "part": each["part"],
            "key": cleared_key(each),
            "reason": each["reason"],
            "at": each["at"],
        }
        for each in cleared
    ]
    return whole


def cleared_key(each: Mapping[str, Any]) -> str:
    """Return a freed row's key as a person writes it."""
    return "/".join(str(each["row"][name]) for name in _KEYS[each["part"]])
