"""A whole genealogy as named arrays for a file, and back without reading them through."""

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from knockon.domain.impact import Gap
from knockon.engine.graph.collector import Entity, Unrecorded
from knockon.engine.graph.extension import balances
from knockon.engine.graph.heaps import (
    Arrays,
    amount_arrays,
    document_array,
    sparse_arrays,
    text_arrays,
)
from knockon.engine.graph.instants import microseconds
from knockon.engine.graph.later import LaterMapping, LaterSequence, LaterSet
from knockon.engine.graph.lots import Fragile, LotGraph
from knockon.engine.graph.segment_views import (
    BETWEEN,
    NOT_NOTED,
    PLACES,
    AllEntities,
    AllNumbers,
    GapGroups,
    LotKeys,
    Notes,
    Others,
    SealedInfos,
    SealedRecords,
)
from knockon.engine.graph.states import NO_LINK, StateGraph


def segment_arrays(graph: LotGraph) -> dict[str, NDArray[np.generic]]:
    """Return everything a trace asks of a genealogy as named arrays.

    Notes
    -----
    O(lots + links), in Python: a segment is sealed once and read often.
    """
    states = graph.states
    assert isinstance(states, StateGraph), "What was laid on top is built first."
    arrays = {f"states_{name}": array for name, array in states.arrays().items()}
    arrays |= _lot_arrays(graph)
    arrays |= _other_arrays(graph)
    arrays |= _link_arrays(graph, states)
    number = {key: place for place, key in enumerate(graph.lots)}
    beyond = np.full(len(graph.entities) - len(graph.lots), np.nan)
    arrays["left"] = balances(
        states,
        qty=graph.records.weights(),
        contents=np.concatenate([graph.info.quantities(), beyond]),
    )
    unit, uoms = graph.records.units()
    arrays["link_unit"] = unit.astype(np.uint16)
    arrays["gaps"] = document_array([[_gap(gap) for gap in group] for group in graph.gaps])
    arrays["notes"] = document_array(
        {
            "parts": [[number[key], list(places)] for key, places in graph.parts.items()],
            "anew": [[number[key], *anew] for key, anew in graph.anew.items() if key in number],
            "origins": [[number[key], _gap(gap)] for key, gap in graph.origins.items()],
            "dead_ends": [
                [number[key], [_gap(gap) for gap in gaps]]
                for key, gaps in graph.dead_ends.items()
                if key in number
            ],
            "facts_gaps": [_gap(gap) for gap in graph.facts_gaps],
            "in_making": [[number[lot], *key] for lot, key in graph.in_making.items()],
            "open_work_orders": sorted(graph.open_work_orders),
            "fragile_items": sorted(graph.fragile.items),
            "fragile_work_orders": sorted(graph.fragile.work_orders),
            "fragile_lots": sorted(graph.fragile.lots),
            "fragile_numbers": sorted(graph.fragile.numbers),
            "uoms": list(uoms),
        }
    )
    return arrays


def open_segment(arrays: Arrays) -> LotGraph:
    """Return the genealogy over arrays of ``segment_arrays``, as they lie.

    Names, quantities and notes are read when somebody asks for them.
    """
    states = {
        name.removeprefix("states_"): array
        for name, array in arrays.items()
        if name.startswith("states_")
    }
    lots = LotKeys(arrays)
    others = Others(arrays)
    notes = Notes(arrays, lots)
    return LotGraph(
        lots=lots,
        info=SealedInfos(arrays),
        entities=AllEntities(lots, others),
        parts=LaterMapping(lambda: notes.parts),
        states=StateGraph.from_arrays(states),
        left=np.asarray(arrays["left"], dtype=np.float64),
        kinds=np.asarray(arrays["link_kind"], dtype=np.uint8),
        records=SealedRecords(arrays, lots, others, notes),
        gaps=GapGroups(arrays),
        gap_of=np.asarray(arrays["link_gap"], dtype=np.int32),
        number=AllNumbers(lots, others),
        origins=LaterMapping(lambda: notes.origins),
        dead_ends=LaterMapping(lambda: notes.dead_ends),
        anew=LaterMapping(lambda: notes.anew),
        facts_gaps=LaterSequence(lambda: notes.facts_gaps),
        in_making=LaterMapping(lambda: notes.in_making),
        open_work_orders=LaterSet(lambda: notes.open_work_orders),
        fragile=Fragile(
            items=LaterSet(lambda: notes.texts("fragile_items")),
            work_orders=LaterSet(lambda: notes.work_orders("fragile_work_orders")),
            lots=LaterSet(lambda: notes.fragile_lots),
            numbers=LaterSet(lambda: notes.texts("fragile_numbers")),
        ),
    )


def _lot_arrays(graph: LotGraph) -> dict[str, NDArray[np.generic]]:
    kinds = sorted({(key.issuer, key.item) for key in graph.lots})
    place = {kind: number for number, kind in enumerate(kinds)}
    uoms = sorted({info.uom or "" for info in graph.info})
    unit = {uom: number for number, uom in enumerate(uoms)}
    at = {name: number for number, name in enumerate(PLACES)}
    return {
        **text_arrays("kind", (BETWEEN.join(kind) for kind in kinds)),
        "lot_kind": np.array([place[key.issuer, key.item] for key in graph.lots], dtype=np.uint32),
        **text_arrays("lot", (key.lot for key in graph.lots)),
        **amount_arrays("lot_qty", (info.qty for info in graph.info)),
        **text_arrays("uom", uoms),
        "lot_uom": np.array([unit[info.uom or ""] for info in graph.info], dtype=np.uint16),
        "lot_place": np.array([at[info.place] for info in graph.info], dtype=np.uint8),
    }


def _other_arrays(graph: LotGraph) -> dict[str, NDArray[np.generic]]:
    """Return what is no lot, in order: by kind, then by name, shipments by row."""
    others = [graph.entities[place] for place in range(len(graph.lots), len(graph.entities))]
    return {
        "other_kind": np.array([entity.kind for entity in others], dtype=np.uint8),
        "other_part": np.array([entity.part for entity in others], dtype=np.int32),
        "other_row": np.array(
            [entity.key if isinstance(entity.key, int) else -1 for entity in others],
            dtype=np.int64,
        ),
        **text_arrays("other", (_other_name(graph, entity) for entity in others)),
    }


def _other_name(graph: LotGraph, entity: Entity) -> str:
    """Return the number of a shipment, and the key of anything else."""
    match entity.key:
        case Unrecorded(work_order=work_order, item=item):
            return BETWEEN.join((*work_order, item))
        case int(row):
            return graph.records.shipment(row)
        case key:
            return BETWEEN.join(key)


def _link_arrays(graph: LotGraph, states: StateGraph) -> dict[str, NDArray[np.generic]]:
    count = len(graph.kinds)
    records = graph.records
    moments = (records.when(link) for link in range(count))
    booked = [records.booked(link) for link in range(count)]
    carried = {
        link: qty for link in range(count) if not _same(qty := records.carried(link), booked[link])
    }
    source = _sources(states, links=count)
    number = {key: place for place, key in enumerate(graph.lots)}
    taken_lot: dict[int, int] = {}
    taken_qty: dict[int, Decimal | None] = {}
    for link in range(count):
        taken = records.taken(link)
        place = -1 if taken is None else number.get(taken[0], -1)
        qty = None if taken is None or place < 0 else taken[1]
        if place != source[link] or not _same(qty, booked[link]):
            taken_lot[link] = place
            taken_qty[link] = qty
    return {
        "link_kind": np.asarray(graph.kinds, dtype=np.uint8),
        "link_gap": np.asarray(graph.gap_of, dtype=np.int32),
        "link_source": source,
        "link_when": np.array(
            [NOT_NOTED if at is None else microseconds(at) for at in moments], dtype=np.int64
        ),
        **amount_arrays("link_booked", booked),
        **sparse_arrays("link_carried", carried),
        **sparse_arrays("link_taken", taken_qty),
        "link_taken_lot": np.array([taken_lot[link] for link in sorted(taken_lot)], dtype=np.int64),
    }


def _sources(states: StateGraph, *, links: int) -> NDArray[np.int32]:
    """Return the entity that each link leaves, by row of the link table."""
    forward = states.forward
    numbers, leaves = forward.links_of(np.arange(states.nodes))
    rows = forward.rows(numbers)
    own = rows != NO_LINK
    source = np.empty(links, dtype=np.int32)
    source[rows[own]] = states.entity[leaves[own]]
    return source


def _same(one: Decimal | None, other: Decimal | None) -> bool:
    if one is None or other is None:
        return one is other
    return one is other or one.as_tuple() == other.as_tuple()


def _gap(gap: Gap) -> list[str | None]:
    return [gap.code, gap.where, None if gap.qty is None else str(gap.qty)]
