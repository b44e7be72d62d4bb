"""What a package or pallet held at an instant; its number may be used again later."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from knockon.domain.facts import LotEvent, LotEventKind, LotKey
from knockon.domain.links import LinkClass
from knockon.engine.graph.clocks import Clocks
from knockon.engine.graph.instants import Span, span
from knockon.engine.graph.states import FOREVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A lot that was in a package from ``put`` until ``taken``; None is still in it."""

    lot: LotKey
    qty: Decimal | None
    put: Span
    taken: Span | None

    def at(self, when: Span) -> LinkClass | None:
        """Return how surely the lot was in it then; None when it cannot have been."""
        if self.put.earliest > when.latest:
            return None
        end = self.taken or Span(FOREVER, FOREVER)
        if end.latest < when.earliest:
            return None
        certain = self.put.latest <= when.earliest and when.latest <= end.earliest
        return LinkClass.CONFIRMED if certain else LinkClass.POSSIBLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """Contents by package number."""

    keys: frozenset[LotKey]
    contents: Mapping[str, tuple[Content, ...]]

    def holding(self, number: str, when: Span) -> Iterator[tuple[Content, LinkClass]]:
        """Yield the lots in the package then, those in packages within it included."""
        seen = {number}
        frontier = [(number, LinkClass.CONFIRMED)]
        for package, outer in frontier:
            for content in self.contents.get(package, ()):
                inside = content.at(when)
                if inside is None:
                    continue
                link_class = max(outer, inside)
                if content.lot in self.keys:
                    if content.lot.lot not in seen:
                        seen.add(content.lot.lot)
                        frontier.append((content.lot.lot, link_class))
                else:
                    yield content, link_class


def build_packages(lot_events: Iterable[LotEvent], *, clocks: Clocks) -> Packages:
    """Return what every package held, from aggregation and disaggregation over time."""
    keys: set[LotKey] = set()
    added: dict[tuple[str, LotKey], list[tuple[Span, Decimal | None]]] = defaultdict(list)
    removed: dict[str, list[tuple[Span, LotKey | None]]] = defaultdict(list)
    for event in lot_events:
        when = span(event.at, doubt_us=clocks.doubt_us(event.at, plant=event.plant))
        if event.kind is LotEventKind.AGGREGATE and event.other_lot is not None:
            keys.add(event.other_lot)
            added[event.other_lot.lot, event.lot].append((when, event.qty))
        elif event.kind is LotEventKind.DISAGGREGATE and event.other_lot is not None:
            keys.add(event.other_lot)
            removed[event.other_lot.lot].append((when, event.lot))
        elif event.kind is LotEventKind.DISAGGREGATE:
            removed[event.lot.lot].append((when, None))
    contents: dict[str, list[Content]] = defaultdict(list)
    for (package, lot), puts in sorted(added.items()):
        ends = sorted(when for when, gone in removed[package] if gone in (None, lot))
        for put, qty in sorted(puts, key=lambda entry: entry[0]):
            # The first removal that can only be later ends it.
            taken = next((end for end in ends if end.earliest >= put.latest), None)
            contents[package].append(Content(lot=lot, qty=qty, put=put, taken=taken))
    return Packages(
        keys=frozenset(keys), contents={key: tuple(rows) for key, rows in contents.items()}
    )
