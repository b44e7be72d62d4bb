"""In which plants each lot was ever seen."""

from collections import defaultdict
from collections.abc import Container, Iterator

from knockon.domain.facts import LotKey, PlantFacts


def plants_of_lots(facts: PlantFacts, lots: Container[LotKey]) -> dict[LotKey, frozenset[str]]:
    """Return the plants that made, held, used or sent each of the lots; O(facts)."""
    seen: dict[LotKey, set[str]] = defaultdict(set)
    for key, plant in _sightings(facts):
        if key in lots:
            seen[key].add(plant)
    return {key: frozenset(plants) for key, plants in seen.items()}


def _sightings(facts: PlantFacts) -> Iterator[tuple[LotKey, str]]:
    yield from ((lot.key, lot.plant) for lot in facts.lots if lot.plant)
    for use in facts.consumption:
        yield use.input, use.plant
        if use.output is not None:
            yield use.output, use.plant
    for event in facts.lot_events:
        yield event.lot, event.plant
        if event.other_lot is not None:
            yield event.other_lot, event.plant
    for move in facts.transfers:
        yield move.lot, move.from_plant
        yield move.lot, move.to_plant
    for table in (facts.receipts, facts.outside_moves, facts.stock, facts.shipments):
        yield from ((row.lot, row.plant) for row in table if row.lot is not None)
