"""A small plant whose records end within the last hour, and what a stop there really does."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from knockon.demo.moving import moved
from knockon.demo.simulation.chance import dice
from knockon.demo.simulation.clockwork import Outage
from knockon.demo.simulation.outcome import Trouble, outcome
from knockon.demo.simulation.shop import Shop
from knockon.demo.simulation.small import small_plant, small_shop
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.impact import Effect

# Its machines run and its trucks leave every day of the week, so that it can be moved to today.
SEED = 2257
MACHINE = "CUT2"
"""In this plant a stop of four hours makes some orders late, moves some, and leaves some alone."""

DEFAULT_REPAIR_S = 4 * 3600
"""What is assumed where nobody estimates and no history tells."""

_HOUR = timedelta(hours=1)
_TAIPEI_H = 8
# Zones of whole hours reach from twelve hours behind to fourteen ahead of UTC.
_EASTERNMOST = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a stop does to the open order lines, each as ``order/line``.

    ``late`` says when each leaves instead, as the plant's clocks show it.
    """

    late: dict[str, str]
    moved: set[str]
    free: set[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NightPlant:
    """The plant's records, moved by whole hours so that they end shortly before now."""

    case: SimulatedCase
    by: timedelta

    def stopped(self, machine: str, *, at: datetime, repair_s: int) -> Outcome:
        """Return what really happens when the machine stops then for so long."""
        shop = self._shop_at(at)
        outage = Outage(
            machines=frozenset({machine}),
            tool="",
            start=shop.now,
            end=shop.now + repair_s,
            rate=Fraction(0),
        )
        truth = outcome(shop, Trouble(outage=outage), repair_s=repair_s)
        hit = {line.key[1:]: line for line in truth.lines}
        late = {key for key, line in hit.items() if Effect.LATE in line.effects}
        free = {key for key, line in shop.lines.items() if line.open} - set(hit)
        return Outcome(
            late={"/".join(key): self._clock(hit[key].new_ship) for key in late},
            moved={"/".join(key) for key in set(hit) - late},
            free={"/".join(key) for key in free},
        )

    def _clock(self, at: datetime | None) -> str:
        assert at is not None
        return f"{(at + self.by).astimezone(ZoneInfo(self.case.timezone)):%m-%d %H:%M}"

    def _shop_at(self, at: datetime) -> Shop:
        """Return the physical plant at an instant after its last record."""
        shop, _, _ = small_shop(dice("small", SEED), name=f"small-{SEED}")
        shop.now = int((at - self.by).timestamp())
        return shop


def night_plant(*, until: datetime) -> NightPlant:
    """Return the plant with records that end less than an hour before an instant."""
    case = small_plant(SEED, holes=False)
    hours = (until.astimezone(UTC) - case.now) // _HOUR
    # What was the evening there stays the evening there, wherever on earth that now is.
    ahead = (_TAIPEI_H - hours) % 24
    zone_h = ahead if ahead <= _EASTERNMOST else ahead - 24
    # The names of these zones count westwards.
    return NightPlant(
        case=moved(case, hours=hours, timezone=f"Etc/GMT{-zone_h:+d}"), by=hours * _HOUR
    )
