"""What of an answer a reader may see who may not see every plant it reaches: shape, no names."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from knockon.apps.production.models import OrderLine, Shipment, WorkOrder
from knockon.apps.production.snapshot.sightings import lots_seen_in, names_seen_in
from knockon.domain.access import Right, Viewer
from knockon.domain.facts import LotKey
from knockon.domain.impact import PathStep, StepType
from knockon.domain.impact_document import decimal_text

Row = Mapping[str, Any]
Rows = Sequence[Row]

NO_NAME = ""
"""Stands for a name of another site in paths and gaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """The rows that may be seen, list by list, and the names that may not."""

    lots: list[Row]
    orders: list[Row]
    shipments: list[Row]
    operations: list[Row]
    hidden: frozenset[str]


def within_sight(document: Row, *, viewer: Viewer, plant: str, plants: Sequence[str]) -> Row:
    """Return the document without what only plants know that the viewer may not see.

    Lots and orders of other sites are counted, as the gaps ``lots_elsewhere`` and
    ``orders_elsewhere``; names of theirs in paths and gaps are blank.

    Parameters
    ----------
    plant
        Where the case is; the viewer may see it.
    plants
        Every plant that the answer stands on.
    """
    orders_right = Right.VIEW_ORDERS
    if not viewer.may(orders_right, plant=plant):
        orders_right = Right.VIEW_BOARD
    of_lots = [code for code in plants if viewer.may(Right.VIEW_LOTS, plant=code)]
    of_orders = [code for code in plants if viewer.may(orders_right, plant=code)]
    if len(of_lots) == len(of_orders) == len(plants):
        return document
    sight = _sight(document, of_lots=of_lots, of_orders=of_orders)
    seen_items = {row["item"] for row in sight.lots}
    freed = document.get("cleared")
    return {
        **document,
        **({} if freed is None else {"cleared": _freed(freed, sight)}),
        "operations": sight.operations,
        "lots": sight.lots,
        "orders": [_blanked(row, sight.hidden) for row in sight.orders],
        "customers": _customers(document, sight),
        "shipments": sight.shipments,
        "places": [row for row in document["places"] if row["item"] in seen_items],
        "gaps": _gaps(document, sight),
    }


def path_within_sight(
    path: Sequence[PathStep], *, viewer: Viewer, plants: Sequence[str]
) -> tuple[PathStep, ...]:
    """Return the path; lots that only other sites know have no name."""
    own = [code for code in plants if viewer.may(Right.VIEW_LOTS, plant=code)]
    if len(own) == len(plants):
        return tuple(path)
    lots = {step.key: _lot_key(step.key) for step in path if step.type is StepType.LOT}
    seen = lots_seen_in(own, lots.values())
    return tuple(
        replace(step, key=NO_NAME) if step.key in lots and lots[step.key] not in seen else step
        for step in path
    )


def _lot_key(text: str) -> LotKey:
    issuer, item, lot = (*text.split("/", 2), "", "")[:3]
    return LotKey(issuer, item, lot)


def _sight(document: Row, *, of_lots: Sequence[str], of_orders: Sequence[str]) -> _Sight:
    keys = {id(row): LotKey(row["issuer"], row["item"], row["lot"]) for row in document["lots"]}
    lots = lots_seen_in(of_lots, keys.values())
    lines = names_seen_in(
        of_orders, map(_line, document["orders"]), model=OrderLine, by=_LINE_COLUMNS
    )
    notes = names_seen_in(
        of_orders,
        ((row["shipment"],) for row in document["shipments"]),
        model=Shipment,
        by=("shipment",),
    )
    work = {step["key"].rpartition("/")[2] for row in document["orders"] for step in _work(row)}
    work |= {row["work_order"] for row in document["operations"]}
    jobs = names_seen_in(of_orders, ((name,) for name in work), model=WorkOrder, by=("work_order",))
    hidden = {"/".join(keys[id(row)]) for row in document["lots"] if keys[id(row)] not in lots}
    hidden |= {row["shipment"] for row in document["shipments"] if (row["shipment"],) not in notes}
    hidden |= {name for name in work if (name,) not in jobs}
    unseen = [row for row in document["orders"] if _line(row) not in lines]
    hidden |= {f"{row['order']}/{row['line']}" for row in unseen}
    return _Sight(
        lots=_kept(document["lots"], lambda row: keys[id(row)] in lots),
        orders=_kept(document["orders"], lambda row: _line(row) in lines),
        shipments=_kept(document["shipments"], lambda row: (row["shipment"],) in notes),
        operations=_kept(document["operations"], lambda row: (row["work_order"],) in jobs),
        hidden=frozenset(hidden),
    )


_LINE_COLUMNS = ("order", "line", "customer", "item")


def _line(row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in _LINE_COLUMNS)


def _work(row: Row) -> list[Row]:
    return [step for step in row["path"] if step["type"] in {"work_order", "operation"}]


def _kept(rows: Rows, is_seen: Callable[[Row], bool]) -> list[Row]:
    return [row for row in rows if is_seen(row)]


def _blanked(order: Row, hidden: frozenset[str]) -> Row:
    path = [
        {**step, "key": NO_NAME} if _is_hidden(step["key"], hidden) else step
        for step in order["path"]
    ]
    return {**order, "path": path}


def _is_hidden(name: str, hidden: frozenset[str]) -> bool:
    parts = name.split("/")
    return name in hidden or parts[0] in hidden or parts[-1] in hidden


def _freed(rows: Rows, sight: _Sight) -> list[Row]:
    seen = {"/".join((row["issuer"], row["item"], row["lot"])) for row in sight.lots}
    seen |= {f"{row['order']}/{row['line']}" for row in sight.orders}
    return [row for row in rows if row["key"] in seen]


def _customers(document: Row, sight: _Sight) -> list[Row]:
    """Return the customers of what is seen, with only what is seen counted."""
    orders: dict[str, set[str]] = defaultdict(set)
    at_risk: dict[str, Decimal] = defaultdict(Decimal)
    shipped: dict[str, Decimal] = defaultdict(Decimal)
    for row in sight.orders:
        orders[row["customer"]].add(row["order"])
        at_risk[row["customer"]] += Decimal(row["qty_at_risk"] or 0)
    for row in sight.shipments:
        if row["customer"]:
            shipped[row["customer"]] += Decimal(row["qty"])
    return [
        {
            **row,
            "orders": len(orders[row["customer"]]),
            "qty_at_risk": decimal_text(at_risk[row["customer"]]),
            "shipped_qty": decimal_text(shipped[row["customer"]]),
        }
        for row in document["customers"]
        if row["customer"] in orders or row["customer"] in shipped
    ]


def _gaps(document: Row, sight: _Sight) -> list[Row]:
    gaps = [
        {**gap, "where": NO_NAME} if _is_hidden(gap["where"] or "", sight.hidden) else gap
        for gap in document["gaps"]
    ]
    for part, seen in (("lots", sight.lots), ("orders", sight.orders)):
        elsewhere = len(document[part]) - len(seen)
        if elsewhere:
            count = str(elsewhere)
            gaps.append({"code": f"{part}_elsewhere", "where": count, "qty": count})
    return gaps
