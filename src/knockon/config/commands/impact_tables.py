"""An impact document as tables for the terminal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from knockon.apps.disruptions.reason_texts import (
    effect_text,
    freed_text,
    gap_text,
    kind_text,
    severity_text,
    state_text,
    way_text,
)
from knockon.config.output import Table
from knockon.domain.links import LinkClass

_MOST_ROWS = 40


def impact_parts(document: Mapping[str, Any], *, newer: int = 0) -> list[Table | str]:
    """Return what people want to read of an impact: the case, who is hit, what is missing.

    ``newer`` is how many events came in since the answer's snapshot.
    """
    parts: list[Table | str] = [_case(document), _snapshot(document, newer=newer), ""]
    orders = _still(document["orders"])
    if not orders:
        parts.append(_("No customer order is affected."))
    else:
        parts.append(_orders(orders[:_MOST_ROWS]))
        if len(orders) > _MOST_ROWS:
            parts.append(_("… and %(count)s more lines.") % {"count": len(orders) - _MOST_ROWS})
    if document["customers"]:
        parts.append(_customers(document["customers"]))
    lots = _still(document["lots"])
    if lots:
        parts.append(_lots(lots))
    if document.get("cleared"):
        parts.append(_freed(document["cleared"]))
    if document["gaps"]:
        parts.append(_gaps(document["gaps"]))
    return parts


def lot_name(row: Mapping[str, Any]) -> str:
    """Return a lot as it is typed."""
    return f"{row['issuer'] or '-'}/{row['item']}/{row['lot']}"


def moment(text: str | None) -> str:
    """Return an instant of a document to the minute, by the clock that is told by."""
    return f"{timezone.localtime(datetime.fromisoformat(text)):%m-%d %H:%M}" if text else ""


def _case(document: Mapping[str, Any]) -> str:
    case = document["disruption"]
    return _(
        "Disruption %(id)s: %(kind)s, %(severity)s, %(state)s. "
        "%(orders)s order lines, %(customers)s customers, answered in %(elapsed)s ms."
    ) % {
        "id": case["id"],
        "kind": kind_text(case["kind"]),
        "severity": severity_text(case["severity"]),
        "state": state_text(case["state"]),
        "orders": len(_still(document["orders"])),
        "customers": len(document["customers"]),
        "elapsed": document["elapsed_ms"],
    }


def _orders(rows: list[Mapping[str, Any]]) -> Table:
    return Table(
        headings=[
            _("Order"),
            _("Customer"),
            _("Tier"),
            _("Item"),
            _("Effects"),
            _("Proof"),
            _("Due"),
            _("Ships"),
            _("Short"),
            _("Value at risk"),
            _("Decide by"),
            _("Way out"),
        ],
        rows=[
            [
                f"{row['order']}/{row['line']}",
                row["customer"],
                row["tier"],
                row["item"],
                " ".join(effect_text(effect) for effect in row["effects"]),
                row["class"],
                moment(row["promised_at"] or row["due_at"]),
                moment(row["new_ship"]),
                row["qty_short"],
                _money(row),
                moment(row["decide_by"]),
                last_way(row),
            ]
            for row in rows
        ],
    )


def _money(row: Mapping[str, Any]) -> str:
    value = row["value_at_risk"]
    return "" if value is None else f"{value} {row['currency'] or ''}".strip()


def last_way(row: Mapping[str, Any]) -> str:
    """Return the way out that stays open until the decide-by time beside it."""
    for way in row["ways_out"]:
        if way["latest_at"] is not None and way["latest_at"] == row["decide_by"]:
            name = way_text(way["kind"], target=way["target"])
            if way["cost"] is None:
                return name
            cost = f"{way['cost']} {row.get('currency') or ''}".strip()
            return _("%(way)s (%(cost)s)") % {"way": name, "cost": cost}
    return ""


def _customers(rows: list[Mapping[str, Any]]) -> Table:
    return Table(
        headings=[_("Customer"), _("Name"), _("Tier"), _("Lines"), _("At risk"), _("Shipped")],
        rows=[
            [
                row["customer"],
                row["name"],
                row["tier"],
                row["orders"],
                row["qty_at_risk"],
                row["shipped_qty"],
            ]
            for row in rows
        ],
    )


def _lots(rows: list[Mapping[str, Any]]) -> Table:
    return Table(
        headings=[_("Lot"), _("Proof"), _("Quantity"), _("Unit"), _("Place")],
        rows=[
            [lot_name(row), row["class"], row["qty"], row["uom"], row["place"]]
            for row in rows[:_MOST_ROWS]
        ],
        title=_("Suspect lots: %(count)s") % {"count": len(rows)},
    )


def _still(rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the rows that are hit, without those that evidence freed."""
    return [row for row in rows if row["class"] != LinkClass.CLEARED.name]


def _snapshot(document: Mapping[str, Any], *, newer: int) -> str:
    told = _("As known at %(at)s, snapshot %(snapshot)s.") % {
        "at": moment(document["as_of"]),
        "snapshot": document["snapshot"],
    }
    if not newer:
        return told
    more = ngettext(
        "%(count)s newer event has come in since.",
        "%(count)s newer events have come in since.",
        newer,
    ) % {"count": newer}
    return f"{told} {more}"


def _freed(rows: list[Mapping[str, Any]]) -> Table:
    names = {"lots": _("Lot"), "orders": _("Order")}
    return Table(
        headings=[_("What"), _("Key"), _("Freed because"), _("Since")],
        rows=[
            [
                names[row["part"]],
                row["key"],
                freed_text(row["reason"]["code"], row["reason"]["params"]),
                moment(row["at"]),
            ]
            for row in rows[:_MOST_ROWS]
        ],
        title=_("Freed by evidence: %(count)s") % {"count": len(rows)},
    )


def _gaps(rows: list[Mapping[str, Any]]) -> Table:
    return Table(
        headings=[_("What the data do not say"), _("Quantity")],
        rows=[
            [gap_text(row["code"], where=row["where"] or ""), row["qty"]]
            for row in rows[:_MOST_ROWS]
        ],
    )
