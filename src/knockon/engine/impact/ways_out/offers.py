"""A way out while it is being worked out: what was checked, until when, at what price."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from knockon.domain.impact import WayOut
from knockon.domain.reasons import Reason
from knockon.engine.impact.ways_out.allowed import Verdict
from knockon.engine.schedule.shop import to_instant

_CENT = Decimal("0.01")
_HOUR_S = 3600


@dataclass(slots=True, kw_only=True)
class Offer:
    """A lever for one line; it stays open until a check refuses it.

    Parameters
    ----------
    latest
        The last moment at which pulling it helps, UTC seconds.
    asks_first
        Whether the customer must be told before.
    """

    kind: str
    target: str
    latest: int | None = None
    cost: Decimal | None = None
    is_open: bool = True
    asks_first: bool = False
    checks: list[Reason] = field(default_factory=list)

    def say(self, code: str, **params: str | int | None) -> None:
        """Note what was checked."""
        self.checks.append(Reason(code=code, params=params))

    def note(self, reason: Reason | None) -> None:
        """Note a reason that somebody else gave."""
        if reason is not None:
            self.checks.append(reason)

    def refuse(self, code: str, **params: str | int | None) -> None:
        """Note why it is not possible."""
        self.is_open = False
        self.say(code, **params)

    def judge(self, verdict: Verdict) -> None:
        """Follow a verdict."""
        self.note(verdict.reason)
        self.is_open = self.is_open and verdict.is_open
        self.asks_first = self.asks_first or verdict.asks_first

    def close_at(self, latest: int, *, now: int) -> None:
        """Set the last moment; one that is past refuses it."""
        if latest < now:
            self.refuse("way_too_late", at=instant_text(latest))
        elif self.is_open:
            self.latest = latest

    def way_out(self) -> WayOut:
        """Return it as a value."""
        latest = self.latest if self.is_open else None
        return WayOut(
            kind=self.kind,
            target=self.target,
            latest_at=None if latest is None else to_instant(latest),
            cost=self.cost,
            checks=tuple(self.checks),
        )


def best_of(offers: Iterable[Offer]) -> list[Offer]:
    """Return the best offer of each kind and target, in the order in which they are advised.

    Open ones come first: without asking before with, then the cheaper, then what can wait longer.
    """
    best: dict[tuple[str, str], Offer] = {}
    for offer in offers:
        known = best.get((offer.kind, offer.target))
        if known is None or _worth(offer) > _worth(known):
            best[offer.kind, offer.target] = offer
    return sorted(best.values(), key=_advice)


def price(*parts: tuple[Decimal | None, int]) -> Decimal | None:
    """Return the sum of hourly rates over seconds; None when a rate is unknown."""
    total = Decimal(0)
    for rate, seconds in parts:
        if rate is None:
            return None
        total += rate * seconds / _HOUR_S
    return max(Decimal(0), total.quantize(_CENT, rounding=ROUND_HALF_UP))


def instant_text(at: int) -> str:
    """Return UTC seconds as reasons carry instants."""
    return datetime.fromtimestamp(at, UTC).isoformat()


def _worth(offer: Offer) -> tuple[bool, int]:
    return offer.is_open, offer.latest or 0


def _advice(offer: Offer) -> tuple[bool, bool, bool, Decimal, int, str, str]:
    return (
        not offer.is_open,
        offer.asks_first,
        offer.cost is None,
        offer.cost or Decimal(0),
        -(offer.latest or 0),
        offer.kind,
        offer.target,
    )
