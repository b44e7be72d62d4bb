"""What must be decided next in a case, and by which minute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.reason_texts import way_text
from knockon.domain.disruptions import DisruptionState
from knockon.web.wording import instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One sentence that tells a person what to decide; ``at`` is the last minute for it."""

    text: str
    at: datetime | None = None


def next_decision(
    case: Disruption, *, orders: Sequence[Mapping[str, Any]], now: datetime
) -> Decision | None:
    """Return what is to be decided first in an open case; None when nothing is.

    What has a minute comes before what has none, the earliest first; what is past is not offered.
    """
    if case.state not in {"open", "acknowledged", "contained"}:
        return None
    timed = [
        found for row in orders for found in _of_order(row, case) if found.at and found.at > now
    ]
    if timed:
        return min(timed, key=lambda decision: decision.at or now)
    return _of_state(case)


def decision_by(case: Disruption, *, decide_by: datetime | None, now: datetime) -> Decision | None:
    """Return the next decision of a case of which only the deadline is known."""
    if decide_by is not None and decide_by > now:
        return Decision(text=_("Choose a way out for the first order."), at=decide_by)
    return _of_state(case)


def _of_order(row: Mapping[str, Any], case: Disruption) -> list[Decision]:
    """Return the decisions that an order line asks for."""
    name = f"{row['order']}/{row['line']}"
    effects = set(row["effects"])
    ship = instant(row["old_ship"])
    found = []
    if row["decide_by"]:
        found.append(Decision(text=_way_out(row, name), at=instant(row["decide_by"])))
    safe_s = row["safe_until_repair_s"]
    if safe_s and "LATE" not in effects and case.restored_at is None:
        text = _("Must run again by then, or order %(order)s will be late.")
        at = case.started_at + timedelta(seconds=safe_s)
        found.append(Decision(text=text % {"order": name}, at=at))
    if "SUSPECT_ON_HAND" in effects:
        text = _("Check or replace the suspect goods of order %(order)s.")
        found.append(Decision(text=text % {"order": name}, at=ship))
    if effects & {"LATE", "SHORT"}:
        text = _("Find a way out for order %(order)s, or tell the customer.")
        found.append(Decision(text=text % {"order": name}, at=ship))
    return found


def _way_out(row: Mapping[str, Any], name: str) -> str:
    """Return the way out that is open longest, or that one must be chosen.

    Whoever may not know customers is not told the way: it may name one.
    """
    last = [way for way in row["ways_out"] if way["latest_at"] == row["decide_by"]]
    if not last or row["customer"] is None:
        return _("Choose a way out for order %(order)s.") % {"order": name}
    way = way_text(last[0]["kind"], target=last[0]["target"])
    return _("Order %(order)s: %(way)s, or it will be late.") % {"order": name, "way": way}


def _of_state(case: Disruption) -> Decision:
    if case.state == DisruptionState.OPEN.value:
        return Decision(text=_("Somebody must take the case over."))
    if case.restored_at is not None:
        return Decision(text=_("It runs again: confirm that the trouble is resolved."))
    if case.kind in {"quality", "material", "complaint", "method"} and not case.contained_at:
        return Decision(text=_("Contain it: no more suspect material may be used or shipped."))
    return Decision(text=_("Estimate how long the repair takes, or confirm that it is resolved."))
