"""How well a link between two facts is proven."""

from enum import IntEnum


class LinkClass(IntEnum):
    """Strength of proof, weakest highest, so that a path's class is the maximum of its links.

    Source: IATF 16949 8.7.1.3 (suspect product is treated as nonconforming) asks for the weak
    classes to be listed, never dropped.
    """

    CONFIRMED = 0
    """Every link is recorded and its order in time is certain."""
    PROBABLE = 1
    """A link is derived: backflushed lot, first-in-first-out, pegging rule, date without time."""
    POSSIBLE = 2
    """Known by work order only, neighbour by first-in-first-out, or doubtful in time."""
    CLEARED = 3
    """Was hit; evidence freed it."""


def weakest(*classes: LinkClass) -> LinkClass:
    """Return the class of a path made of links of these classes."""
    return max(classes)
