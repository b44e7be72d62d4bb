"""What was hit until evidence freed it, each with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from knockon.apps.disruptions.reason_texts import freed_text
from knockon.domain.facts import LotKey
from knockon.web.subjects import lot_url, order_url
from knockon.web.wording import instant

_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FreedRow:
    """An order line or a lot that is not hit any more."""

    name: str
    item: str
    url: str
    reason: str
    at: datetime | None


def freed_orders(cleared: Sequence[Mapping[str, Any]], *, plant: str) -> list[FreedRow]:
    """Return the order lines that evidence freed, the first hundred."""
    return [
        _row(each, name=f"{row['order']}/{row['line']}", url=order_url(plant, *_line(row)))
        for each in cleared
        if each["part"] == "orders" and (row := each["row"])
    ][:_SHOWN]


def freed_lots(cleared: Sequence[Mapping[str, Any]]) -> list[FreedRow]:
    """Return the lots that evidence freed, the first hundred."""
    return [
        _row(
            each,
            name=row["lot"],
            url=lot_url(LotKey(row["issuer"] or "", row["item"], row["lot"])),
        )
        for each in cleared
        if each["part"] == "lots" and (row := each["row"])
    ][:_SHOWN]


def _line(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["order"], row["line"]


def _row(each: Mapping[str, Any], *, name: str, url: str) -> FreedRow:
    return FreedRow(
        name=name,
        item=each["row"]["item"],
        url=url,
        reason=freed_text(each["reason"]["code"], each["reason"]["params"]),
        at=instant(each["at"]),
    )
