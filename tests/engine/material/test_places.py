"""Packages, the balance of places, units."""

from decimal import Decimal

from knockon.domain.facts import (
    Item,
    Transfer,
    UnitFactor,
)
from knockon.domain.links import LinkClass
from knockon.engine.graph.lots import build_lot_graph
from knockon.engine.graph.units import UnitTable
from knockon.engine.impact.places import balance_places
from knockon.engine.impact.shipments import hit_shipments
from knockon.engine.impact.trace import trace_forward
from tests.engine.material.build import (
    at,
    bring_back,
    classes,
    clock,
    event,
    forward,
    key,
    lot,
    plant,
    ship,
    stock,
    suspect,
    use,
)


def test_pallet_of_boxes_holds_what_is_in_the_boxes():
    facts = plant(
        lots=[lot("A:1"), lot("A:2"), lot("B:1")],
        lot_events=[
            event("aggregate", "A:1", ":BOX", 1, qty=5),
            event("aggregate", ":BOX", ":PALLET", 2),
            event("disaggregate", ":PALLET", None, 6),
        ],
        consumption=[use(":PALLET", "B:1", 4)],
        shipments=[ship("S1", ":PALLET", 3), ship("S2", None, 8, package="PALLET")],
    )

    trace = forward(facts, "A:1")

    assert classes(trace) == {"A:1": "CONFIRMED", "B:1": "CONFIRMED"}
    assert [step.via for step in trace.path_to(key("B:1"))] == ["named", "unpacked"]
    assert [(hit.impact.shipment, hit.qty) for hit in hit_shipments(facts, trace)] == [
        ("S1", Decimal(5))
    ]


def test_package_packed_at_a_doubtful_time_is_possible():
    facts = plant(
        lots=[lot("A:1")],
        lot_events=[event("aggregate", "A:1", ":BOX", 1, at=at(1, until=4))],
        shipments=[ship("S1", None, 3, package="BOX")],
    )

    (hit,) = hit_shipments(facts, forward(facts, "A:1"))
    row = balance_places(facts, forward(facts, "A:1"))[0]

    assert hit.link_class is LinkClass.POSSIBLE
    assert row.unaccounted == Decimal(100)


# Balance


def test_suspect_part_of_a_lot_is_balanced_on_its_own():
    facts = plant(
        lots=[lot("A:1"), lot("A:2", 30), lot("A:3")],
        lot_events=[
            event("split", "A:1", "A:2", 1, qty=30),
            event("merge", "A:2", "A:3", 2, qty=10),
        ],
        stock=[stock("A:2", 20), stock("A:3", 110, "customer")],
    )

    part = balance_places(facts, forward(facts, "A:2"))
    all_of_it = balance_places(facts, forward(facts, "A:1"))

    assert [(row.made, row.finished, row.unaccounted) for row in part] == [(30, 20, -100)]
    assert [(row.made, row.customer, row.unaccounted) for row in all_of_it] == [(100, 110, -30)]


def test_transfer_under_way_is_in_transit_and_a_return_is_back():
    facts = plant(
        transfers=[
            Transfer(
                from_plant="P",
                to_plant="Q",
                lot=key("A:1"),
                qty=Decimal(15),
                sent=at(3),
                received=None,
            )
        ],
        lots=[lot("A:1", 115, supplier="ACME")],
        shipments=[ship("S1", "A:1", 1, qty=60), bring_back("R1", "A:1", 2, qty=60)],
        stock=[stock("A:1", 40, "subcontractor"), stock("A:1", 60, "raw")],
    )

    (row,) = balance_places(facts, forward(facts, "A:1"))

    assert (row.received, row.subcontractor, row.raw, row.transit) == (115, 40, 60, 15)
    assert (row.customer, row.returned, row.unaccounted) == (0, 60, 0)


# Units


def test_units_convert_there_and_back_exactly_and_by_way_of_others():
    table = UnitTable(
        [Item(item="A", uom="pcs")],
        [
            UnitFactor(item="A", from_uom="box", to_uom="pcs", factor=Decimal(12)),
            UnitFactor(item="A", from_uom="pallet", to_uom="box", factor=Decimal(7)),
            UnitFactor(item="A", from_uom="kg", to_uom="pcs", factor=Decimal("0.3")),
            UnitFactor(item="A", from_uom="kg", to_uom="pcs", factor=Decimal("0.5"), lot="L1"),
            UnitFactor(item="A", from_uom="bad", to_uom="pcs", factor=Decimal(0)),
        ],
    )

    def convert(qty, uom, to, **more):
        return table.convert(Decimal(qty), item="A", uom=uom, to=to, **more)

    assert convert(2, "pallet", None) == Decimal(168)
    assert convert(convert(1, "pcs", "pallet"), "pallet", "pcs") == Decimal(1)
    assert convert(10, "kg", "pcs") == Decimal(3)
    assert convert(10, "kg", "pcs", lot="L1") == Decimal(5)
    assert convert(1, "bad", "pcs") is None
    assert convert(1, None, "pcs") == Decimal(1)


def test_factor_counts_from_the_day_it_is_in_force():
    table = UnitTable(
        [Item(item="A", uom="pcs")],
        [
            UnitFactor(item="A", from_uom="kg", to_uom="pcs", factor=Decimal(10)),
            UnitFactor(
                item="A", from_uom="kg", to_uom="pcs", factor=Decimal(20), effective_from=clock(5)
            ),
        ],
    )

    found = [
        table.convert(Decimal(1), item="A", uom="kg", to="pcs", at=clock(hour)) for hour in (1, 9)
    ]

    assert found == [Decimal(10), Decimal(20)]


def test_no_seed_reaches_nothing():
    trace = trace_forward(build_lot_graph(plant(lots=[lot("A:1")])), suspect())

    assert (trace.lots, trace.shipments, dict(trace.work_orders), trace.gaps) == ((), (), {}, ())
    assert trace.path_to(key("A:1")) == ()
    assert trace.path_to_shipment(0) == ()
    assert trace.lot(key("A:1")) is None
