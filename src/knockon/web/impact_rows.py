"""Rows of an impact document as a page shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from knockon.apps.disruptions.reason_texts import gap_text, hides_answer, place_text
from knockon.domain.facts import LotKey
from knockon.web.paths import Step, path_steps
from knockon.web.subjects import customer_url, lot_url, order_url
from knockon.web.ways_out import Ways, chance_text, ways_of
from knockon.web.wording import NOTHING, instant, number_text, quantity_text, span_text

PLACES = ("raw", "wip", "finished", "transit", "subcontractor", "customer")
_USED_UP = ("consumed", "scrap")
_ONLY_MOVED = ["MOVED"]

MOST_EXPLAINED = 40
"""Order lines whose path stands in the page: a path is ten times as long as its row."""


Row = Mapping[str, Any]
"""An order line as in the impact document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What became of an order line since the answer that is shown: ``gone`` or ``changed``."""

    kind: str
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order line that is hit."""

    name: str
    url: str
    customer: str
    customer_name: str
    customer_url: str
    customer_order: str
    tier: str
    item: str
    effects: tuple[str, ...]
    link_class: str
    frozen: bool
    due_at: datetime | None
    old_ship: datetime | None
    new_ship: datetime | None
    new_finish: datetime | None
    expected_finish: datetime | None
    late: str
    chance: str
    quantities: tuple[tuple[str, str], ...]
    safe_until: str
    decide_by: datetime | None
    ways_out: Ways | None
    steps: tuple[Step, ...] = ()
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRow:
    """A lot that holds or may hold suspect material."""

    name: str
    item: str
    url: str
    link_class: str
    qty: str
    qty_at_risk: str
    place: str
    hops: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    """Where the suspect quantity of an item is.

    ``cells`` are place, quantity, and whether there is any.
    """

    item: str
    total: str
    cells: tuple[tuple[str, str, bool], ...]
    unaccounted: str
    is_whole: bool


def hit_and_moved(document: Mapping[str, Any]) -> tuple[list[Row], list[Row]]:
    """Return the order lines because of which somebody must be called, and those that only move.

    Both stand in the document's order, without cleared ones.
    """
    rows = [row for row in document["orders"] if row["class"] != "CLEARED"]
    return (
        [row for row in rows if row["effects"] != _ONLY_MOVED],
        [row for row in rows if row["effects"] == _ONLY_MOVED],
    )


def line_of(row: Row) -> tuple[str, str]:
    """Return which order line a row is about."""
    return str(row["order"]), str(row["line"])


def order_rows(
    document: Mapping[str, Any],
    rows: Sequence[Row],
    *,
    plant: str,
    marks: Mapping[tuple[str, str], Mark] = MappingProxyType({}),
) -> list[OrderRow]:
    """Return some of a document's order lines in words, marked with what became of them.

    The first ones carry their path; of the others a person asks why one by one.
    """
    names = {row["customer"]: row["name"] for row in document["customers"]}
    words = [_order_row(row, plant=plant, names=names) for row in rows]
    return [
        replace(
            each,
            steps=path_steps(row["path"], plant=plant) if at < MOST_EXPLAINED else (),
            mark=marks.get(line_of(row)),
        )
        for at, (row, each) in enumerate(zip(rows, words, strict=True))
    ]


def _order_row(row: Row, *, plant: str, names: Mapping[str, str]) -> OrderRow:
    customer = row["customer"] or ""
    return OrderRow(
        name=f"{row['order']}/{row['line']}",
        url=order_url(plant, row["order"], row["line"]),
        customer=customer,
        customer_name=names.get(customer, ""),
        customer_url=customer_url(customer) if customer else "",
        customer_order=row["customer_order"] or "",
        tier=row["tier"] or "",
        item=row["item"],
        effects=tuple(row["effects"]),
        link_class=row["class"],
        frozen=bool(row["frozen"]),
        due_at=instant(row["promised_at"] or row["due_at"]),
        old_ship=instant(row["old_ship"]),
        new_ship=instant(row["new_ship"]),
        new_finish=instant(row["new_finish"]),
        expected_finish=instant(row["expected_finish"]),
        late=span_text(row["late_s"]) if row["late_s"] else "",
        chance=chance_text(row["p_late"]),
        quantities=_quantities(row),
        safe_until=span_text(row["safe_until_repair_s"]) if row["safe_until_repair_s"] else "",
        decide_by=instant(row["decide_by"]),
        # What was checked names customers: whoever may not know them is not told.
        ways_out=ways_of(row["ways_out"] if customer else [], currency=row["currency"]),
    )


def _quantities(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    named = (
        (_("At risk"), row["qty_at_risk"]),
        (_("Short by"), row["qty_short"]),
        (_("On time"), row["qty_on_time"]),
    )
    return tuple(
        (label, quantity_text(value, row["uom"]))
        for label, value in named
        if value is not None and Decimal(value) != 0
    )


def lot_rows(document: Mapping[str, Any], *, most: int) -> list[LotRow]:
    """Return the first suspect lots, nearest to the cause first."""
    ordered = sorted(document["lots"], key=lambda row: (row["hops"], row["item"], row["lot"]))
    return [
        LotRow(
            name=row["lot"],
            item=row["item"],
            url=lot_url(LotKey(row["issuer"] or "", row["item"], row["lot"])),
            link_class=row["class"],
            qty=quantity_text(row["qty"], row["uom"]),
            qty_at_risk=quantity_text(row["qty_at_risk"], row["uom"]),
            place=place_text(row["place"]) if row["place"] else NOTHING,
            hops=row["hops"],
        )
        for row in ordered[:most]
    ]


def balance_rows(document: Mapping[str, Any]) -> list[BalanceRow]:
    """Return where the suspect material is, by item; what is unaccounted for comes first."""
    rows = sorted(
        document["places"], key=lambda row: (-abs(Decimal(row["unaccounted"])), row["item"])
    )
    return [_balance_row(row) for row in rows]


def _balance_row(row: Mapping[str, Any]) -> BalanceRow:
    uom = row["uom"]
    total = Decimal(row["made"]) + Decimal(row["received"])
    shown = [*PLACES, *(name for name in _USED_UP if Decimal(row[name]) != 0)]
    return BalanceRow(
        item=row["item"],
        total=quantity_text(total, uom),
        cells=tuple(
            (place_text(name), quantity_text(row[name], uom), Decimal(row[name]) != 0)
            for name in shown
        ),
        unaccounted=quantity_text(row["unaccounted"], uom),
        is_whole=Decimal(row["unaccounted"]) == 0,
    )


def customer_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the customers that are hit, as the document orders them."""
    return [
        {
            "customer": row["customer"],
            "name": row["name"],
            "url": customer_url(row["customer"]),
            "tier": row["tier"] or "",
            "orders": row["orders"],
            "qty_at_risk": number_text(row["qty_at_risk"]),
            "shipped_qty": number_text(row["shipped_qty"]),
        }
        for row in document["customers"]
    ]


def shipment_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the shipments that carried suspect lots."""
    return [
        {
            "shipment": row["shipment"],
            "customer": row["customer"] or "",
            "ship_to": row["ship_to"] or "",
            "customer_order": row["customer_order"] or "",
            "lot": _lot_name(row["lot"]),
            "qty": number_text(row["qty"]),
            "shipped_at": instant(row["shipped_at"]),
        }
        for row in document["shipments"]
    ]


def _lot_name(lot: object) -> str:
    """Return a lot's number without item and issuer."""
    return str(lot).split("/", 2)[-1]


def unpegged_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return supply that is hit and serves no order."""
    return [
        {
            "item": row["item"],
            "qty": number_text(row["qty_at_risk"]),
            "covered_until": instant(row["covered_until"]),
            "first_open_order": row["first_open_order"] or "",
        }
        for row in document["unpegged"]
    ]


def gap_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what is missing or doubtful, what may hide a hit order first."""
    rows = [
        {
            "text": gap_text(row["code"], where=row["where"]),
            "qty": number_text(row["qty"]) if row["qty"] is not None else "",
            "hides": hides_answer(row["code"]),
        }
        for row in document["gaps"]
    ]
    return sorted(rows, key=lambda row: (not row["hides"], row["text"]))
