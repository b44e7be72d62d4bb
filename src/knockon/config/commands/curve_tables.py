"""A repair-time curve as tables for the terminal."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from knockon.config.commands.impact_tables import last_way, moment
from knockon.config.output import Table

_MOST_ROWS = 40
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def curve_parts(document: Mapping[str, Any]) -> list[Table | str]:
    """Return what people want to read of a curve: how long it may take, and who is late when."""
    estimate = document["estimate"]
    if estimate is None:
        return [_("The repair time does not matter for this disruption.")]
    parts: list[Table | str] = [
        _(
            "Half of such repairs take up to %(half)s, four of five up to %(most)s, "
            "nineteen of twenty up to %(nearly_all)s; assumed are %(assumed)s."
        )
        % {
            "half": span(estimate["p50_s"]),
            "most": span(estimate["p80_s"]),
            "nearly_all": span(estimate["p95_s"]),
            "assumed": span(document["repair_s"]),
        },
        "",
    ]
    orders = document["orders"]
    if not orders:
        return [
            *parts,
            _("No repair of up to %(longest)s moves an order.")
            % {"longest": span(document["horizon_s"])},
        ]
    parts.append(_orders(orders[:_MOST_ROWS]))
    if len(orders) > _MOST_ROWS:
        parts.append(_("… and %(count)s more lines.") % {"count": len(orders) - _MOST_ROWS})
    parts.append(_steps(document["steps"]))
    return parts


def span(seconds: int) -> str:
    """Return a length as it is typed: ``4h30m``."""
    text = ""
    for unit, letter in _UNITS:
        amount, seconds = divmod(seconds, unit)
        if amount:
            text += f"{amount}{letter}"
    return text or "0s"


def _orders(rows: list[Mapping[str, Any]]) -> Table:
    return Table(
        headings=[
            _("Order"),
            _("Customer"),
            _("Tier"),
            _("Proof"),
            _("In time up to"),
            _("Late with a chance of"),
            _("Ships without it"),
            _("Decide by"),
            _("Way out"),
        ],
        rows=[
            [
                f"{row['order']}/{row['line']}",
                row["customer"],
                row["tier"],
                row["class"],
                _in_time(row["safe_until_repair_s"]),
                f"{100 * float(row['p_late'] or 0):.0f} %",
                moment(row["old_ship"]),
                moment(row["decide_by"]),
                last_way(row),
            ]
            for row in rows
        ],
        title=_("Orders, the first to turn late first"),
    )


def _in_time(seconds: int | None) -> str:
    if seconds is None:
        return _("any repair")
    return span(seconds) if seconds else _("no repair")


def _steps(rows: list[Mapping[str, Any]]) -> Table:
    every = max(1, -(-len(rows) // _MOST_ROWS))
    return Table(
        headings=[_("Repair"), _("Late"), _("Moved")],
        rows=[[span(row["repair_s"]), row["late"], row["moved"]] for row in rows[::every]],
        title=_("Late orders by repair time"),
    )
