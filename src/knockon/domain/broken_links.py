"""Broken trace links: where a plant's records do not say which lot it was, and what that hides."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from knockon.domain.facts.keys import LotKey


class LinkRepair(StrEnum):
    """How somebody who knows can mend a link."""

    NAME_CONSUMPTION = "name_consumption"
    """Say which lot went into which: the recorded consumption is superseded."""
    ADD_CONSUMPTION = "add_consumption"
    """Say which lot was used, of which nothing is recorded."""
    NAME_SHIPMENT = "name_shipment"
    """Say which lot was shipped."""
    NAME_ORIGIN = "name_origin"
    """Say which lot it came from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLink:
    """One gap in the genealogy of a plant.

    Parameters
    ----------
    code, where
        As in the gaps of an answer.
    qty
        What it hides, in ``uom``; None is unknown.
    item
        Of what; ``''`` where it is not of one item.
    source, event_id
        The fact that lacks something, by who delivered it and its number; ``''`` where there is
        none. Of a shipment the number is ``shipment/line``.
    work_order
        Where it happened.
    inputs
        The lots that can have been used, shipped or come from, in key order.
    outputs
        The lots that it can have gone into.
    repair
        How it can be mended; None where only its source can.
    """

    code: str
    where: str
    qty: Decimal | None
    uom: str | None = None
    item: str = ""
    source: str = ""
    event_id: str = ""
    work_order: str = ""
    inputs: tuple[LotKey, ...] = ()
    outputs: tuple[LotKey, ...] = ()
    repair: LinkRepair | None = None
