"""A suspect window: from the last good evidence to the first containment, and what else it may be.

Windows are closed at both ends. An edge is an instant with the evidence it stands on; None as
instant is an edge that nobody knows, so that the window is open there.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from knockon.domain.facts.keys import LotKey, OrderLineKey
from knockon.domain.links import LinkClass


class EvidenceKind(StrEnum):
    """What an edge of a suspect window stands on."""

    GIVEN = "given"
    """A person said so."""
    PASSED_CHECK = "passed_check"
    OWN_PASSED_CHECK = "own_passed_check"
    """A passed sample of the very lot that failed: it does not clear the lot."""
    TOOL_CHANGE = "tool_change"
    CALIBRATION = "calibration"
    MAINTENANCE = "maintenance"
    STOP = "stop"
    LOT_START = "lot_start"
    SHIFT_START = "shift_start"
    HISTORY = "history"
    """The first record there is."""
    FAILED_CHECK = "failed_check"
    REPORTED = "reported"
    OPEN_END = "open_end"
    """Nothing says that it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSubject:
    """The machines, tool and cavity whose work in the window is suspect."""

    equipment: tuple[str, ...] = ()
    tool: str | None = None
    cavity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowEdge:
    """One end of a window and why it may lie there.

    Parameters
    ----------
    at
        None is open: since ever as a start, until now as an end.
    link_class
        How well the edge is proven: CONFIRMED by a check of the same characteristic with its time,
        PROBABLE by what usually bounds such trouble, POSSIBLE by habit alone.
    ref
        What the evidence is of: a lot, work order, tool or cause; ``''`` is nothing by name.
    characteristic
        What was checked.
    """

    kind: EvidenceKind
    at: datetime | None
    link_class: LinkClass
    ref: str = ""
    characteristic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowProposal:
    """The window that the records speak for, and every other edge they know.

    Parameters
    ----------
    start, end
        The edges proposed.
    starts, ends
        All edges in the order of time, the proposed ones among them; an open start comes first, an
        open end last.
    first_bad
        When the first bad piece was made at the latest; None when no failed check is known.
    """

    subject: WindowSubject
    start: WindowEdge
    end: WindowEdge
    starts: tuple[WindowEdge, ...]
    ends: tuple[WindowEdge, ...]
    first_bad: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HitLot:
    """A lot that one window hits and another does not; ``qty`` is what of it is at risk."""

    key: LotKey
    link_class: LinkClass
    qty: Decimal | None
    uom: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HitLine:
    """An order line that one window hits and another does not."""

    key: OrderLineKey
    customer: str
    item: str
    link_class: LinkClass
    qty: Decimal | None
    uom: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowCost:
    """What one window hits beyond another, and what it frees; each in key order."""

    added_lots: tuple[HitLot, ...] = ()
    freed_lots: tuple[HitLot, ...] = ()
    added_lines: tuple[HitLine, ...] = ()
    freed_lines: tuple[HitLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowChoice:
    """A window that may be taken instead of the one in force.

    Parameters
    ----------
    start, end
        Its instants; None is open, or for a case of named lots that no window is set.
    by_start, by_end
        The edge that differs from the window in force; None where it stays.
    is_narrower
        Whether it leaves something out that the window in force covers: that needs a reason.
    """

    subject: WindowSubject | None
    start: datetime | None
    end: datetime | None
    by_start: WindowEdge | None
    by_end: WindowEdge | None
    is_chosen: bool
    is_proposed: bool
    is_narrower: bool
    cost: WindowCost


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighedWindows:
    """A case's window in force, what the records propose, and what every choice would cost.

    Parameters
    ----------
    subject
        Whose work is suspect now; None when only named lots are.
    start, end
        The edges in force; None when only named lots are suspect.
    starts, ends
        Choices that change one edge, in the order of time; where only named lots are suspect, each
        of ``starts`` is a whole window and ``ends`` is empty.
    lots, lines
        How many lots and order lines the window in force hits.
    """

    proposal: WindowProposal | None
    subject: WindowSubject | None
    start: WindowEdge | None
    end: WindowEdge | None
    starts: tuple[WindowChoice, ...]
    ends: tuple[WindowChoice, ...]
    named_only: WindowChoice | None
    lots: int
    lines: int
