"""The three stories: a night breakdown, a bad batch, a shortage."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from knockon.demo.simulation.appliance import appliance
from knockon.demo.simulation.blueprint import Blueprint
from knockon.demo.simulation.boards import boards
from knockon.demo.simulation.chance import dice
from knockon.demo.simulation.moulding import moulding
from knockon.demo.simulation.outcome import outcome
from knockon.demo.simulation.records import tables_of
from knockon.demo.simulation.shop import instant
from knockon.demo.simulation.story_goods import deliver
from knockon.demo.simulation.story_orders import fill
from knockon.demo.simulation.story_records import (
    forecast_rows,
    inspection_rows,
    put_away,
    tool_uses,
)
from knockon.demo.simulation.truth import SimulatedCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A plant, the seed that tells its story best, and when the trouble usually begins."""

    make: Callable[..., Blueprint]
    seed: int
    now: datetime


STORIES: dict[str, Story] = {
    # A Friday, 02:14 at night in Taipei.
    "moulding": Story(make=moulding, seed=3469, now=datetime(2026, 3, 5, 18, 14, tzinfo=UTC)),
    # The Friday's morning round of the laboratory.
    "boards": Story(make=boards, seed=29, now=datetime(2026, 3, 6, 2, 41, tzinfo=UTC)),
    # Incoming inspection after lunch.
    "appliance": Story(make=appliance, seed=7, now=datetime(2026, 3, 5, 5, 32, tzinfo=UTC)),
}
"""The three stories by name."""


def story(
    name: str, *, seed: int | None = None, size: float = 1.0, now: datetime | None = None
) -> SimulatedCase:
    """Play a story's plant up to ``now`` and let its trouble happen.

    Parameters
    ----------
    name
        A key of ``STORIES``.
    seed
        Names the plant; None takes the story's own.
    size
        Number of machines, and with it of orders, against the usual.
    now
        Aware; the trouble begins at the story's time of day at or before it, and all of the
        plant's times, its working week included, move with it by whole days. None is the story's
        own day.
    """
    told = STORIES[name]
    number = told.seed if seed is None else seed
    days = 0 if now is None else (now - told.now) // timedelta(days=1)
    begins = told.now + timedelta(days=days)
    # One source of chance for each concern: more records do not change what happens.
    blueprint = told.make(
        dice(name, number, "plant"), now=int(begins.timestamp()), size=size, turn=days % 7
    )
    builder, numbers = fill(blueprint, dice(name, number, "work"))
    deliver(blueprint, builder, numbers)
    shop = blueprint.shop
    chosen = blueprint.choose(blueprint, dice(name, number, "trouble"))
    truth = outcome(shop, chosen.trouble, repair_s=chosen.repair_s)
    scribe = dice(name, number, "records")
    put_away(shop, scribe)
    extra = dict(blueprint.extra)
    extra["inspections"] = inspection_rows(blueprint, scribe)
    extra["sales_orders"] = forecast_rows(blueprint, numbers, scribe)
    extra["resource_use"] = tool_uses(shop)
    return SimulatedCase(
        name=name,
        seed=number,
        plant=shop.plant,
        timezone=shop.zone.key,
        now=instant(shop.now),
        tables=tables_of(shop, extra=extra),
        disruption=chosen.disruption,
        truth=truth,
        trigger=chosen.trigger,
    )
