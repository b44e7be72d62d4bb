"""How far suspect material spread, without orders, plans and paths: to see whether it grew."""

from collections.abc import Mapping
from dataclasses import dataclass

from knockon.domain.disruptions import Disruption
from knockon.domain.facts import LotKey, PlantFacts
from knockon.domain.links import LinkClass
from knockon.engine.graph.lots import LotGraph
from knockon.engine.graph.naming import lot_text
from knockon.engine.impact.investigate import suspect_trace
from knockon.engine.impact.shipments import hit_shipments


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The lots that are hit with their classes, and shipments with the lots in them."""

    lots: Mapping[LotKey, LinkClass]
    shipped: frozenset[tuple[str, str]]

    def grew(self, before: "Spread") -> bool:
        """Return whether something is hit, or proven, that was not before."""
        worse = (
            link_class < before.lots.get(key, LinkClass.CLEARED)
            for key, link_class in self.lots.items()
        )
        return any(worse) or not self.shipped <= before.shipped


def spread_of(facts: PlantFacts, disruption: Disruption, *, graph: LotGraph | None) -> Spread:
    """Return how far the disruption's suspect material spread; O(links of the cone)."""
    trace = suspect_trace(facts, (disruption,), graph)
    if trace is None:
        return Spread(lots={}, shipped=frozenset())
    return Spread(
        lots={row.key: row.link_class for row in trace.lots},
        shipped=frozenset(
            (hit.impact.shipment, lot_text(hit.impact.lot)) for hit in hit_shipments(facts, trace)
        ),
    )
