"""Ways out of a late order, and how likely it is late, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from knockon.apps.disruptions.reason_texts import check_text, way_text
from knockon.domain.reasons import Reason
from knockon.web.wording import instant, number_text

_UNLIKELY, _EVEN, _LIKELY = 20, 50, 80
_WHOLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class WayRow:
    """A lever in words; one that is not open any more, or never was, has no ``latest_at``."""

    text: str
    latest_at: datetime | None
    cost: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What could still save an order, and what was looked at and cannot."""

    open: tuple[WayRow, ...]
    shut: tuple[WayRow, ...]


def ways_of(ways: Sequence[Mapping[str, Any]], *, currency: str | None) -> Ways | None:
    """Return a document's ways out in its order; None when none was looked for."""
    if not ways:
        return None
    rows = [_way_row(way, currency=currency) for way in ways]
    return Ways(
        open=tuple(row for row in rows if row.latest_at is not None),
        shut=tuple(row for row in rows if row.latest_at is None),
    )


def chance_text(p_late: str | Decimal | None) -> str:
    """Return how likely an order is late: a word, and per cent; empty when unknown."""
    if p_late is None:
        return ""
    percent = int((Decimal(p_late) * _WHOLE).to_integral_value())
    return _chance_sentence(percent) % {"percent": percent}


def _chance_sentence(percent: int) -> str:
    if percent < _UNLIKELY:
        return _("unlikely to be late (%(percent)s%%)")
    if percent < _EVEN:
        return _("may be late (%(percent)s%%)")
    if percent < _LIKELY:
        return _("likely to be late (%(percent)s%%)")
    return _("very likely late (%(percent)s%%)")


def _way_row(way: Mapping[str, Any], *, currency: str | None) -> WayRow:
    cost = "" if way["cost"] is None else f"{currency or ''} {number_text(way['cost'])}".strip()
    return WayRow(
        text=way_text(way["kind"], target=way["target"]),
        latest_at=instant(way["latest_at"]),
        cost=cost,
        checks=tuple(
            check_text(Reason(code=check["code"], params=check["params"]))
            for check in way["checks"]
        ),
    )
