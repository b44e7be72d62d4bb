"""The clocks of a case: how long until it was noticed, told, taken over, contained, restored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.selectors import OPEN_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock; it runs while ``until`` is unknown."""

    label: str
    since: datetime | None
    until: datetime | None


def clocks_of(case: Disruption) -> Sequence[Clock]:
    """Return the five clocks; those of a case that is over and never reached them stand empty."""
    running = case.state in OPEN_STATES
    told = case.notified_at or case.opened_at
    named = (
        (_("Until noticed"), case.started_at, case.detected_at),
        (_("Until told"), case.detected_at, case.notified_at),
        (_("Until acknowledged"), told, case.acknowledged_at),
        (_("Until contained"), case.detected_at, case.contained_at),
        (_("Until running again"), case.started_at, case.restored_at),
    )
    return tuple(
        Clock(label=label, since=since if until or running else None, until=until)
        for label, since, until in named
    )
