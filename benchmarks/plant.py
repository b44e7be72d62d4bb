"""A synthetic plant as the product holds it: a sealed genealogy, its orders, and questions to it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knockon.demo.genealogy import SHIPMENT_LEVEL, Genealogy
from knockon.domain.facts import LotKey
from knockon.domain.links import LinkClass
from knockon.engine.graph.heaps import document_array
from knockon.engine.graph.lots import LotGraph
from knockon.engine.graph.segment import open_segment
from knockon.engine.graph.splitting import build_states
from knockon.engine.graph.states import HOP_BIT, LinkTable, StateGraph
from knockon.engine.impact.rollup import OrderBook, OrdersHit, roll_up
from knockon.engine.impact.seeds import SeedLot, Seeds
from knockon.engine.impact.trace import LotTrace, trace_backward, trace_forward

SMALL_CONE = 100
MEDIUM_CONE = 10_000
LARGE_SEEDS_PER_MILLION_LINKS = 250
_CANDIDATES = 400
_DIGITS = 9
_NOTES = (
    *("parts", "anew", "origins", "dead_ends", "facts_gaps", "in_making", "open_work_orders"),
    *("fragile_items", "fragile_work_orders", "fragile_lots", "fragile_numbers", "uoms"),
)

Arrays = Mapping[str, NDArray[np.generic]]


class UnequalAnswers(AssertionError):
    """Two engines disagree: no time is worth printing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cone:
    """One question; ``lots`` are the generator's numbers."""

    name: str
    lots: tuple[int, ...]
    seeds: Seeds
    forward: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchPlant:
    """What the product knows, and what the generator said."""

    grown: Genealogy
    graph: LotGraph
    book: OrderBook

    def trace(self, cone: Cone) -> LotTrace:
        """Ask the product as ``knockon trace`` does."""
        if not cone.forward:
            return trace_backward(self.graph, cone.seeds.lots[0].key)
        return trace_forward(self.graph, cone.seeds)

    def full_impact(self, cone: Cone) -> OrdersHit:
        """Ask for lots, orders and customers with quantities and an explanation each."""
        return roll_up(self.trace(cone).reach, self.book)

    def cones(self, *, seed: int) -> tuple[Cone, ...]:
        """Return the standard questions: S, M and L forward, one shipment backward."""
        rng = np.random.default_rng(seed)
        level = self.grown.level
        raw = rng.permutation(np.flatnonzero(level == 0))
        steps = rng.permutation(np.flatnonzero((level > 0) & (level < SHIPMENT_LEVEL)))
        shipped = rng.permutation(np.flatnonzero(level == SHIPMENT_LEVEL))
        large = int(LARGE_SEEDS_PER_MILLION_LINKS * len(self.grown.source) / 1_000_000)
        return (
            cone("S", self._nearest(steps[:_CANDIDATES], SMALL_CONE)),
            cone("M", self._nearest(raw[:_CANDIDATES], MEDIUM_CONE)),
            cone("L", *np.sort(raw[: max(large, 2)]).tolist()),
            self._usual(shipped[:_CANDIDATES]),
        )

    def _usual(self, shipped: NDArray[np.int64]) -> Cone:
        """Return the question where a shipment came from: of some, the median one's."""
        questions = [cone("shipment", int(lot), forward=False) for lot in shipped]
        questions.sort(key=lambda question: len(self.trace(question).reach.nodes))
        return questions[len(questions) // 2]

    def _nearest(self, lots: NDArray[np.int64], size: int) -> int:
        """Return the lot, of some, whose cone is nearest to a size."""

        def distance(lot: int) -> float:
            found = len(self.trace(cone("", lot)).reach.nodes)
            return abs(float(np.log(found / size)))

        return min((int(lot) for lot in lots), key=distance)


def key_of(lot: int) -> LotKey:
    """Return the key of a generator's lot; keys sort as the numbers do."""
    return LotKey("", "", f"{lot:0{_DIGITS}d}")


def cone(name: str, *lots: int, forward: bool = True) -> Cone:
    """Return the question for everything that some lots went into, or came from."""
    seeds = tuple(SeedLot(key=key_of(lot), link_class=LinkClass.CONFIRMED) for lot in lots)
    return Cone(name=name, lots=lots, seeds=Seeds(lots=seeds), forward=forward)


def bench_plant(grown: Genealogy) -> BenchPlant:
    """Return the plant as the product holds it in one process."""
    arrays = sealed_arrays(grown)
    return BenchPlant(grown=grown, graph=open_segment(arrays), book=order_book(arrays))


def order_book(arrays: Arrays) -> OrderBook:
    """Return the orders of a sealed plant."""
    return OrderBook(
        order=np.asarray(arrays["node_order"], dtype=np.int32),
        qty=np.asarray(arrays["node_qty"], dtype=np.float32),
        customer=np.asarray(arrays["order_customer"], dtype=np.int32),
        customers=int(arrays["customers"][0]),
    )


def sealed_arrays(grown: Genealogy) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of a segment: states, names of lots, and to which order they went.

    What was recorded of each link, for people to read, is left out: no bench reads it.
    """
    states = states_of(grown)
    entity = states.entity
    return {
        **{f"states_{name}": array for name, array in states.arrays().items()},
        **_names(len(grown.level)),
        "left": np.zeros(len(grown.level), dtype=np.float64),
        "node_order": grown.order[entity],
        "node_qty": grown.qty[entity].astype(np.float32),
        "order_customer": grown.customer.astype(np.int32),
        "customers": np.array([int(grown.customer.max(initial=0)) + 1], dtype=np.int64),
    }


def states_of(grown: Genealogy) -> StateGraph:
    """Return the lots' states and links."""
    at_us = grown.at_us[grown.target]
    count = len(at_us)
    table = LinkTable(
        source=grown.source,
        target=grown.target,
        earliest=at_us,
        latest=at_us,
        meta=np.full(count, HOP_BIT, dtype=np.uint8),
        qty=grown.taken,
        unit=np.broadcast_to(np.int32(0), (count,)),
    )
    return build_states(table, contents=grown.qty, family=grown.family.astype(np.int32))


def _names(lots: int) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of a segment that are not its states; lots are named by number."""
    number = np.arange(lots, dtype=np.int64)
    digits = np.empty((lots, _DIGITS), dtype=np.uint8)
    for place in range(_DIGITS - 1, -1, -1):
        digits[:, place] = number % 10 + ord("0")
        number //= 10
    none = np.empty(0, dtype=np.int64)
    arrays: dict[str, NDArray[np.generic]] = {
        **_texts("kind", b"\0"),
        "lot_kind": np.zeros(lots, dtype=np.uint32),
        "lot": digits.reshape(-1),
        "lot_offset": np.arange(lots + 1, dtype=np.int64) * _DIGITS,
        **_amounts("lot_qty", lots),
        **_texts("uom", b""),
        "lot_uom": np.zeros(lots, dtype=np.uint16),
        "lot_place": np.zeros(lots, dtype=np.uint8),
        "other_kind": np.empty(0, dtype=np.uint8),
        "other_part": np.empty(0, dtype=np.int32),
        "other_row": none,
        **_texts("other"),
        "link_kind": np.empty(0, dtype=np.uint8),
        "link_gap": np.empty(0, dtype=np.int32),
        "link_source": np.empty(0, dtype=np.int32),
        "link_when": none,
        "link_unit": np.empty(0, dtype=np.uint16),
        "link_taken_lot": none,
        "gaps": document_array([]),
        "notes": document_array({name: [] for name in _NOTES}),
        **_amounts("link_booked", 0),
    }
    for name in ("link_carried", "link_taken"):
        arrays |= {f"{name}_place": none, **_amounts(name, 0)}
    return arrays


def _texts(name: str, *texts: bytes) -> dict[str, NDArray[np.generic]]:
    sizes = np.array([0, *(len(text) for text in texts)], dtype=np.int64)
    data = np.frombuffer(b"".join(texts), dtype=np.uint8)
    return {name: data, f"{name}_offset": np.cumsum(sizes)}


def _amounts(name: str, count: int) -> dict[str, NDArray[np.generic]]:
    return {
        name: np.ones(count, dtype=np.int64),
        f"{name}_exponent": np.zeros(count, dtype=np.int8),
        **_texts(f"{name}_odd"),
    }
