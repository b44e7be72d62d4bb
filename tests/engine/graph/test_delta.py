"""A genealogy brought up to date answers as one built from all facts, or is built anew."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knockon.demo.simulation.small import small_plant
from knockon.domain.facts import Lot, LotKey, PlantFacts, Receipt
from knockon.domain.links import LinkClass
from knockon.engine.graph import delta
from knockon.engine.graph.delta import lay_on
from knockon.engine.graph.layers import LayeredGraph
from knockon.engine.graph.lots import LotGraph, build_lot_graph
from knockon.engine.graph.tail import TABLES, Changes, named_lots, neighbourhood, touched_by
from knockon.engine.impact.seeds import SeedLot, Seeds
from knockon.engine.impact.trace import LotTrace, trace_backward, trace_forward
from tests.engine.assess.facts_from_tables import facts_from_tables
from tests.engine.graph.test_segment import sealed
from tests.engine.material.build import at, event, key, lot, plant, ship, stock, use, work_order


def changes_between(old: PlantFacts, new: PlantFacts) -> Changes:
    came, gone = {}, {}
    for table in TABLES:
        before, after = Counter(getattr(old, table)), Counter(getattr(new, table))
        came[table] = tuple((after - before).elements())
        gone[table] = tuple((before - after).elements())
    return Changes(came=came, gone=gone)


def brought_up_to_date(graph: LotGraph, old: PlantFacts, new: PlantFacts) -> LotGraph | None:
    changes = changes_between(old, new)
    return lay_on(graph, changes, around=neighbourhood(new, touched_by(changes)))


def told(graph: LotGraph, lots: Sequence[LotKey]) -> list[Any]:
    """Return what people are told of each lot: rows, paths and gaps, both ways."""
    return [_answer(trace) for lot in lots for trace in _traces(graph, lot)]


def _traces(graph: LotGraph, key: LotKey) -> tuple[LotTrace, LotTrace]:
    seeds = Seeds(lots=(SeedLot(key=key, link_class=LinkClass.CONFIRMED),))
    return trace_forward(graph, seeds), trace_backward(graph, key)


def _answer(trace: LotTrace) -> Any:
    shipped = [
        (trace.path_to_shipment(row.row), row.link_class, row.lots) for row in trace.shipments
    ]
    return (
        trace.lots,
        trace.gaps,
        trace.work_orders,
        [trace.path_to(row.key) for row in trace.lots],
        [trace.path_to_work_order(key) for key in trace.work_orders],
        sorted(shipped, key=repr),
    )


def assert_equal(laid: LotGraph, built: LotGraph, *, lots: Sequence[LotKey]) -> None:
    known = sorted([*laid.lots, *(laid.lot_laid_on(entity) for entity in laid.later_lots)])
    assert known == list(built.lots)
    assert [laid.info_of(key) for key in known] == list(built.info)
    assert dict(laid.dead_ends) == dict(built.dead_ends)
    assert dict(laid.in_making) == dict(built.in_making)
    assert set(laid.open_work_orders) == set(built.open_work_orders)
    assert dict(laid.origins) == dict(built.origins)
    assert told(laid, lots) == told(built, lots)


PLAIN = plant(
    lots=[lot("R:1", supplier="S"), lot("R:2", supplier="S"), lot("A:1"), lot("A:2"), lot("F:1")],
    consumption=[
        use("R:1", "A:1", 1),
        use("R:1", "A:2", 2, qty=20),
        use("A:1", "F:1", 3),
    ],
    shipments=[ship("S1", "F:1", 4)],
    stock=[stock("R:2", 5, "raw")],
)


def receipt(name: str, hours: float) -> Receipt:
    return Receipt(
        plant="P",
        po=None,
        line=None,
        item=key(name).item,
        lot=key(name),
        received=Decimal(100),
        accepted=None,
        rejected=None,
        received_at=at(hours),
    )


def more(**tables: Any) -> PlantFacts:
    """Return the plain plant with further rows."""
    return replace(PLAIN, **{name: (*getattr(PLAIN, name), *rows) for name, rows in tables.items()})


PLAIN_TAILS = {
    "a lot made of known ones": more(
        lots=[lot("F:2")], consumption=[use("A:2", "F:2", 5), use("R:2", "F:2", 5)]
    ),
    "a lot before all others": more(lots=[lot("0/A:0")], consumption=[use("R:2", "0/A:0", 5)]),
    "a second input of a known lot": more(consumption=[use("R:2", "A:2", 2.5)]),
    "a late input of a lot that was used": more(consumption=[use("R:2", "A:1", 0.5)]),
    "a top-up after the lot was used": more(consumption=[use("R:2", "A:1", 6)]),
    "a way round": more(consumption=[use("F:1", "A:1", 6)]),
    "a use before the receipt": more(
        receipts=[receipt("R:1", 4)], consumption=[use("R:1", "A:2", 2.25)]
    ),
    "a shipment": more(shipments=[ship("S2", "F:1", 6), ship("S2", "A:2", 6)]),
    "a return": more(shipments=[ship("S3", "F:1", 9)]),
    "another quantity": replace(
        PLAIN, lots=tuple(lot("A:1", 55) if row == lot("A:1") else row for row in PLAIN.lots)
    ),
    "stock somewhere else": replace(PLAIN, stock=(stock("F:1", 3, "transit"),)),
    "an event id again in another plant": more(
        consumption=[use("R:2", "A:2", 5, event_id=PLAIN.consumption[0].event_id, plant="Q")]
    ),
    "a work order's lots": more(
        work_orders=[work_order("W1", "F")],
        lots=[lot("F:3", None, work_order="W1", plant="P")],
        consumption=[use("A:2", "F:3", 7, work_order="W1")],
    ),
}

ODD_TAILS = {
    "a lot that nobody names any more": replace(
        PLAIN, lots=PLAIN.lots[1:], consumption=PLAIN.consumption[2:]
    ),
    "an input later than the use": more(consumption=[use("R:2", "A:1", 3.5, work_order="W9")]),
    "a relabelling": more(lot_events=[event("relabel", "F:1", "F:9", 6)]),
    "a consumption without a lot": more(
        work_orders=[work_order("W1", "F")],
        consumption=[use("A:2", None, 7, work_order="W1")],
        lots=[lot("F:3", work_order="W1", plant="P")],
    ),
    "a shipment without a lot": more(shipments=[replace(ship("S2", "F:1", 6), lot=None)]),
    "the same number again": more(
        consumption=[use("R:2", "A:2", 5, event_id=PLAIN.consumption[0].event_id)]
    ),
    "a lot without issuer": more(lots=[Lot(key=LotKey("", "F", "1"), qty=Decimal(5))]),
    "a lot known before": replace(
        more(consumption=[use("R:2", "F:1", 3)]), lots=(*PLAIN.lots, lot("B:1"))
    ),
    "a record taken back": replace(PLAIN, consumption=PLAIN.consumption[:2]),
    "a parent": more(lots=[lot("F:2", parent_lot="1")]),
    "a return of material": more(consumption=[use("R:1", "A:1", 5, qty=-3)]),
    "a time that is a day": more(consumption=[use("R:2", "A:2", None)]),
}


@pytest.mark.parametrize("name", PLAIN_TAILS)
@pytest.mark.parametrize("is_merged", [False, True])
def test_plain_tail_is_laid_on_top(name: str, is_merged: bool) -> None:
    new = PLAIN_TAILS[name]
    graph = sealed(build_lot_graph(PLAIN))
    laid = brought_up_to_date(replace(graph, left=None) if is_merged else graph, PLAIN, new)
    built = build_lot_graph(new)

    assert laid is not None
    assert_equal(laid, built, lots=built.lots)
    assert not (is_merged and isinstance(laid.states, LayeredGraph))


def test_what_is_only_added_becomes_a_layer() -> None:
    graph = sealed(build_lot_graph(PLAIN))

    layered = {
        name
        for name, new in PLAIN_TAILS.items()
        if isinstance(getattr(brought_up_to_date(graph, PLAIN, new), "states", 0), LayeredGraph)
    }

    assert layered == {
        "a lot made of known ones",
        "a lot before all others",
        "a top-up after the lot was used",
        "a way round",
        "a shipment",
        "a return",
        "stock somewhere else",
        "a work order's lots",
    }


@pytest.mark.parametrize("name", ODD_TAILS)
def test_odd_tail_is_never_laid_on_wrongly(name: str) -> None:
    new = ODD_TAILS[name]
    laid = brought_up_to_date(sealed(build_lot_graph(PLAIN)), PLAIN, new)

    if laid is not None:
        assert_equal(laid, build_lot_graph(new), lots=build_lot_graph(new).lots)


def test_most_odd_tails_are_refused() -> None:
    graph = build_lot_graph(PLAIN)

    laid = [name for name, new in ODD_TAILS.items() if brought_up_to_date(graph, PLAIN, new)]

    assert len(laid) <= 1, laid


def test_tail_upon_tail() -> None:
    graph, facts = replace(build_lot_graph(PLAIN), left=None), PLAIN
    for number in range(1, 6):
        new = replace(
            facts,
            lots=(*facts.lots, lot(f"F:0{number}")),
            consumption=(*facts.consumption, use("A:2", f"F:0{number}", 5 + number)),
            shipments=(*facts.shipments, ship(f"T{number}", f"F:0{number}", 6 + number)),
        )
        laid = brought_up_to_date(graph, facts, new)
        assert laid is not None
        graph, facts = laid, new

    assert_equal(sealed(graph), build_lot_graph(facts), lots=build_lot_graph(facts).lots)


def _later(facts: PlantFacts, *, share: float) -> PlantFacts:
    """Return the facts of the first part of the consumption's time, as a plant reports them.

    What was made of the later consumption was not there either.
    """
    times = sorted(row.at.earliest for row in facts.consumption if row.at is not None)
    until = times[int(len(times) * share)]
    later = [row for row in facts.consumption if row.at and row.at.earliest > until]
    made = {row.output for row in later}

    def known(row: Any) -> bool:
        return made.isdisjoint(named_lots(row))

    return replace(
        facts,
        consumption=tuple(filter(known, facts.consumption)),
        shipments=tuple(filter(known, facts.shipments)),
        lots=tuple(filter(known, facts.lots)),
        stock=tuple(filter(known, facts.stock)),
        lot_events=tuple(filter(known, facts.lot_events)),
        inspections=tuple(filter(known, facts.inspections)),
        resource_uses=tuple(filter(known, facts.resource_uses)),
    )


def _before(facts: PlantFacts, rng: Random, *, share: float) -> PlantFacts:
    """Return facts of an earlier time: less was made, some rows came late, some were corrected."""
    earlier = {table: list(getattr(_later(facts, share=share), table)) for table in TABLES}
    for _ in range(rng.choice([0, 0, 1, 2, 5])):
        rows = earlier[rng.choice(["lots", "consumption", "shipments", "stock", "work_orders"])]
        if rows:
            rows.pop(rng.randrange(len(rows)))
    for _ in range(rng.choice([0, 0, 1, 3])):
        table, changed = rng.choice(
            [
                ("lots", {"qty": Decimal(7)}),
                ("consumption", {"qty": Decimal(3)}),
                ("consumption", {"at": None}),
                ("work_orders", {"status": "open"}),
                ("work_orders", {"qty": Decimal(1)}),
                ("stock", {"place": "wip"}),
                ("operations", {"actual_finish": None}),
            ]
        )
        rows = earlier[table]
        if rows:
            place = rng.randrange(len(rows))
            rows[place] = replace(rows[place], **changed)
    return replace(facts, **{table: tuple(rows) for table, rows in earlier.items()})


@settings(max_examples=80, deadline=None)
@example(seed=64, share=0.97, draw=9197)
@example(seed=0, share=0.8, draw=1058)
@given(
    seed=st.integers(0, 400),
    share=st.sampled_from([0.3, 0.8, 0.9, 0.97]),
    draw=st.integers(0, 10_000),
)
def test_any_history_cut_anywhere_is_answered_as_one(seed: int, share: float, draw: int) -> None:
    rng = Random(draw)
    case = small_plant(seed, holes=seed % 5 == 4)
    facts = facts_from_tables(case.tables, plant=case.plant, timezone=case.timezone)
    old = _before(facts, rng, share=share)

    graph = sealed(build_lot_graph(old))
    laid = brought_up_to_date(replace(graph, left=None) if draw % 3 == 0 else graph, old, facts)

    if laid is not None:
        built = build_lot_graph(facts)
        assert_equal(laid, built, lots=rng.sample(list(built.lots), min(10, len(built.lots))))


@pytest.mark.slow
def test_what_a_plant_reports_next_mostly_takes_the_quick_way() -> None:
    quick = layered = wrong = 0
    for seed in range(40):
        case = small_plant(seed, holes=False)
        facts = facts_from_tables(case.tables, plant=case.plant, timezone=case.timezone)
        old = _later(facts, share=0.97)
        graph = sealed(build_lot_graph(old))
        laid = brought_up_to_date(graph, old, facts)
        if laid is not None:
            built = build_lot_graph(facts)
            quick += 1
            layered += isinstance(laid.states, LayeredGraph)
            wrong += told(laid, built.lots[:5]) != told(built, built.lots[:5])

    assert quick >= 30
    assert layered >= 20
    assert wrong == 0


@pytest.mark.parametrize("name", ["a lot without issuer", "a relabelling", "a lot known before"])
def test_without_the_checks_the_answer_would_be_wrong(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    new = ODD_TAILS[name]
    graph = build_lot_graph(PLAIN)
    monkeypatch.setattr(delta, "_is_plain", lambda *_: True)
    monkeypatch.setattr(delta, "_fits", lambda *_: True)
    monkeypatch.setattr(delta, "_are_whole", lambda *_: True)

    laid = brought_up_to_date(graph, PLAIN, new)

    built = build_lot_graph(new)
    assert laid is not None
    assert told(laid, built.lots) != told(built, built.lots)
