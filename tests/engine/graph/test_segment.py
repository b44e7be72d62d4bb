"""A sealed genealogy answers as the one it was made of."""

from decimal import Decimal
from random import Random

import numpy as np
import pytest

from knockon.demo.simulation.small import small_plant
from knockon.domain.facts import LotKey
from knockon.engine.graph.heaps import Amounts, TextHeap, amount_arrays, text_arrays
from knockon.engine.graph.lots import LotGraph, UnknownLot, build_lot_graph
from knockon.engine.graph.segment import open_segment, segment_arrays
from tests.engine.assess.facts_from_tables import facts_from_tables
from tests.engine.graph.comparing import answers
from tests.engine.material.build import event, key, lot, plant, ship, use


def sealed(graph: LotGraph) -> LotGraph:
    """Return the genealogy after a way through bytes."""
    arrays = {
        name: np.frombuffer(array.tobytes(), dtype=array.dtype)
        for name, array in segment_arrays(graph).items()
    }
    return open_segment(arrays)


@pytest.mark.parametrize("seed", range(12))
def test_sealed_genealogy_answers_as_the_built_one(seed: int) -> None:
    case = small_plant(seed, holes=seed % 3 == 2)
    facts = facts_from_tables(case.tables, plant=case.plant, timezone=case.timezone)
    graph = build_lot_graph(facts)
    other = sealed(graph)
    lots = Random(seed).sample(list(graph.lots), min(12, len(graph.lots)))

    assert answers(other, lots) == answers(graph, lots)
    assert list(other.lots) == list(graph.lots)
    assert list(other.info) == list(graph.info)
    assert list(other.entities) == list(graph.entities)
    assert dict(other.in_making) == dict(graph.in_making)
    assert set(other.open_work_orders) == set(graph.open_work_orders)
    assert set(other.fragile.items) == set(graph.fragile.items)
    assert set(other.fragile.work_orders) == set(graph.fragile.work_orders)
    assert set(other.fragile.lots) == set(graph.fragile.lots)


def test_cleaned_vessels_relabels_and_packages_are_sealed() -> None:
    facts = plant(
        lots=[lot("R:1"), lot("R:2"), lot("T:tank", None), lot("F:1"), lot("F:2")],
        consumption=[
            use("R:1", "T:tank", 1),
            use("T:tank", "F:1", 2),
            use("R:2", "T:tank", 4),
            use("T:tank", "F:2", 5),
        ],
        lot_events=[event("clean", "T:tank", None, 3), event("relabel", "F:2", "F:3", 6)],
        shipments=[ship("S1", "F:3", 7)],
    )
    graph = build_lot_graph(facts)

    lots = list(graph.lots)
    assert graph.parts
    assert answers(sealed(graph), lots) == answers(graph, lots)


def test_unknown_lot_is_named_as_before() -> None:
    graph = build_lot_graph(plant(lots=[lot("R:1")]))

    with pytest.raises(UnknownLot) as refused:
        sealed(graph).entities_of(LotKey("Q", "R", "1"))

    assert refused.value.data["candidates"] == ("P/R/1",)


def test_every_lot_is_found_by_its_key_and_no_other() -> None:
    names = ["R:1", "R:10", "R:2", "S:1", "Q/R:1", "/R:1", "鋁:批號", "R:é"]
    graph = sealed(build_lot_graph(plant(lots=[lot(name) for name in names])))

    found = [graph.lots[graph.entities_of(key(name))[0]] for name in names]

    assert found == [key(name) for name in names]
    with pytest.raises(UnknownLot):
        graph.entities_of(key("R:3"))


def test_numbers_keep_every_digit() -> None:
    texts = ["0", "-0", "1.50", "1E+3", "123456789012345678901234567890.5", "-7.001", "1E-120"]
    numbers = [None, *map(Decimal, texts)]

    read = Amounts(amount_arrays("n", numbers), "n")

    assert [str(number) for number in read] == [str(number) for number in numbers]


def test_texts_are_found_where_they_stand() -> None:
    texts = sorted(["", "a", "ab", "b", "é", "批"])
    heap = TextHeap(text_arrays("t", texts), "t")

    assert [heap.find(text) for text in texts] == list(range(6))
    assert heap.find("aa") is None
    assert heap.find("a", begin=2) is None
