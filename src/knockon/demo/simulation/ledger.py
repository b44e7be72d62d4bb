"""Where every lot came from and went: the physical flow of material in the order of time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from knockon.domain.facts.keys import LotKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Material left one lot for another; ``kind`` is consume, split, merge or relabel."""

    at: int
    source: LotKey
    target: LotKey
    qty: Decimal
    kind: str
    wo: str = ""
    seq: int = 0
    machine: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """Goods that left to a customer, or (``back``) came back."""

    at: int
    shipment: str
    line_no: str
    line: tuple[str, str]
    customer: str
    lot: LotKey
    qty: Decimal
    back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrapped:
    """Material that was thrown away."""

    at: int
    lot: LotKey
    qty: Decimal


@dataclass(slots=True, kw_only=True)
class LotCard:
    """A lot's birth: bought (``received_at``) or made by a work order; ``made`` None is in work."""

    key: LotKey
    born: Decimal
    made: int | None
    wo: str = ""
    supplier: str = ""
    supplier_lot: str = ""
    po: tuple[str, str] | None = None
    machine: str = ""
    parent: str = ""
    cavity: str = ""
    date_code: str = ""
    lot_status: str = "passed"
    warehouse: str = ""
    location: str = ""


@dataclass(slots=True, kw_only=True)
class Ledger:
    """All lots and everything that happened to them."""

    lots: dict[LotKey, LotCard] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    dispatches: list[Dispatch] = field(default_factory=list)
    scrapped: list[Scrapped] = field(default_factory=list)

    def balances(self) -> dict[LotKey, Decimal]:
        """Return what is left of each lot in the house, work in progress included.

        A lot is born with what was bought or made. Consumption turns material into another item
        and does not add to that lot; splits, merges and relabels carry it over.
        """
        left: defaultdict[LotKey, Decimal] = defaultdict(Decimal)
        for key, card in self.lots.items():
            left[key] += card.born
        for move in self.moves:
            left[move.source] -= move.qty
            if move.kind != "consume":
                left[move.target] += move.qty
        for sent in self.dispatches:
            left[sent.lot] += sent.qty if sent.back else -sent.qty
        for loss in self.scrapped:
            left[loss.lot] -= loss.qty
        return dict(left)

    def tainted(
        self, suspects: Iterable[LotKey]
    ) -> tuple[dict[LotKey, int | None], list[Dispatch]]:
        """Follow bad material through time.

        Returns
        -------
        tuple
            Each hit lot with the instant from which it is bad (None: all its life), and the
            dispatches that carried bad material, both in the order they became so.
        """
        bad: dict[LotKey, int | None] = dict.fromkeys(suspects)
        carried: list[Dispatch] = []
        # Material that arrives at an instant is there for what leaves at the same instant.
        events: list[tuple[int, int, int, Move | Dispatch]] = []
        events += [(move.at, 0, n, move) for n, move in enumerate(self.moves)]
        events += [(sent.at, 1, n, sent) for n, sent in enumerate(self.dispatches)]
        for at, _, _, event in sorted(events, key=lambda entry: entry[:3]):
            if isinstance(event, Move):
                if event.source in bad and event.target not in bad:
                    bad[event.target] = at
            elif event.lot in bad and not event.back:
                carried.append(event)
        return bad, carried
