"""A supplier's notice: which of its numbers are ours, which may be, and which are not."""

from dataclasses import dataclass

from knockon.domain.facts.keys import LotKey


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLot:
    """A lot that somebody may write about, by its own number and by the supplier's."""

    key: LotKey
    plant: str
    supplier: str = ""
    supplier_lot: str = ""
    is_received: bool = False
    """Whether it came from outside: a supplier does not write about what we made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeNumber:
    """A number of the text that names lots of ours.

    Parameters
    ----------
    lots
        Every lot that bears it, in key order.
    is_sure
        Whether all of them are meant; else a person must say which.
    """

    number: str
    lots: tuple[KnownLot, ...]
    is_sure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeReading:
    """What a text names, each in the order of the text.

    Parameters
    ----------
    items
        Item numbers of ours.
    unknown
        What looks like a lot number and is none that we received.
    """

    numbers: tuple[NoticeNumber, ...] = ()
    items: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
