"""Where material flows through, where every unit is, and what may still become of it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.domain.facts import (
    Allocation,
    Customer,
    Equipment,
    EquipmentKey,
    OrderKind,
    OrderLine,
    OrderLineKey,
    Requirement,
    ResourceUse,
    Transfer,
)
from knockon.domain.impact import Effect
from knockon.engine.graph.lots import build_lot_graph
from knockon.engine.impact.assess import assess
from knockon.engine.impact.places import balance_places
from knockon.engine.impact.seeds import seed_lots
from knockon.engine.impact.trace import trace_forward
from tests.engine.material.build import (
    at,
    bring_back,
    classes,
    clock,
    disruption,
    event,
    forward,
    key,
    lot,
    plant,
    ship,
    stock,
    use,
    wo,
    work_order,
)

# TR-27: what is cut now went in a while ago.


def _line_of(*hours, residence=(1 * 3600, 2 * 3600)):
    """A line through which material flows; a lot is cut off it at each of the hours."""
    return plant(
        equipment=[Equipment(key=EquipmentKey("P", "LINE"), residence_s=residence)],
        lots=[lot(f"B:{hour}", equipment="LINE", made=at(hour)) for hour in hours],
    )


def _window(facts, start, end):
    bad = disruption(equipment=("LINE",), start=clock(start), end=clock(end))
    found = seed_lots(facts, bad).lots
    return {seed.key.lot: seed.link_class.name for seed in found}


def test_tr_27_window_at_the_dosing_is_shifted_by_the_time_inside():
    facts = _line_of(9, 10, 11, 11.5, 12, 13, 14, 14.5, 15)

    # Dosed wrong from 10 to 13: cut from 11 (if it took one hour) to 15 (if it took two).
    assert _window(facts, 10, 13) == {
        "11": "POSSIBLE",
        "11.5": "POSSIBLE",
        "12": "CONFIRMED",
        "13": "CONFIRMED",
        "14": "CONFIRMED",
        "14.5": "POSSIBLE",
        "15": "POSSIBLE",
    }


def test_tr_27_without_a_time_inside_the_window_is_that_of_the_cut():
    assert _window(_line_of(9, 10, 13, 14, residence=None), 10, 13) == {
        "10": "CONFIRMED",
        "13": "CONFIRMED",
    }


@given(
    cut=st.integers(0, 40),
    start=st.integers(10, 20),
    length=st.integers(0, 10),
    shortest=st.integers(0, 5),
    spread=st.integers(0, 5),
)
def test_tr_27_lot_is_suspect_just_when_some_time_inside_puts_it_in_the_window(
    cut, start, length, shortest, spread
):
    facts = _line_of(cut, residence=(shortest * 3600, (shortest + spread) * 3600))

    found = _window(facts, start, start + length).get(str(cut))

    went_in = range(cut - shortest - spread, cut - shortest + 1)
    inside = [start <= hour <= start + length for hour in went_in]
    expected = "CONFIRMED" if all(inside) else "POSSIBLE" if any(inside) else None
    assert found == expected


# TR-33: each unit is somewhere, and in one place only.


def _scattered():
    return plant(
        lots=[lot("A:1", 100, made=at(0)), lot("B:1", 12)],
        work_orders=[work_order("W", "B")],
        consumption=[
            use("A:1", "B:1", 1, qty=12),
            use("A:1", None, 2, qty=7, work_order="W"),
        ],
        stock=[stock("A:1", 20), stock("A:1", 5, "raw"), stock("A:1", 4, "subcontractor")],
        shipments=[ship("S1", "A:1", 3, qty=30), bring_back("R1", "A:1", 4, qty=6)],
        transfers=[
            Transfer(
                from_plant="P",
                to_plant="Q",
                lot=key("A:1"),
                qty=Decimal(9),
                sent=at(5),
                received=None,
            )
        ],
        lot_events=[event("scrap", "A:1", None, 6, qty=3)],
    )


def test_tr_33_every_unit_is_in_exactly_one_place():
    facts = _scattered()

    row = next(row for row in balance_places(facts, forward(facts, "A:1")) if row.item == "A")

    places = {
        "consumed": 12,
        "wip": 7,
        "finished": 20,
        "raw": 5,
        "subcontractor": 4,
        "customer": 24,
        "transit": 9,
        "scrap": 3,
    }
    assert {name: int(getattr(row, name)) for name in places} == places
    assert row.made + row.received == sum(places.values()) + row.unaccounted


_MOVES = ("ship", "return", "scrap", "unscrap", "consume", "transfer", "count")


@given(
    moves=st.lists(st.tuples(st.sampled_from(_MOVES), st.integers(1, 9)), max_size=12),
    made=st.integers(0, 60),
)
def test_tr_33_balance_closes_whatever_happened(moves, made):
    """Play the moves on a heap of units and hold the balance to the heaps it must show."""
    heaps = dict.fromkeys(("finished", "customer", "scrap", "consumed", "transit"), 0)
    shipped = returned = 0
    tables = {"shipments": [], "lot_events": [], "consumption": [], "transfers": []}
    left = made
    for number, (kind, wanted) in enumerate(moves):
        hours = number + 1
        source = {"return": heaps["customer"], "unscrap": heaps["scrap"]}.get(kind, left)
        qty = min(wanted, source)
        if not qty or kind == "count":
            continue
        if kind == "ship":
            tables["shipments"].append(ship(f"S{number}", "A:1", hours, qty=qty))
            heaps["customer"] += qty
            shipped += qty
        elif kind == "return":
            tables["shipments"].append(bring_back(f"R{number}", "A:1", hours, qty=qty))
            heaps["customer"] -= qty
            returned += qty
        elif kind in ("scrap", "unscrap"):
            tables["lot_events"].append(event(kind, "A:1", None, hours, qty=qty))
            heaps["scrap"] += qty if kind == "scrap" else -qty
        elif kind == "consume":
            tables["consumption"].append(use("A:1", f"B:{number}", hours, qty=qty))
            heaps["consumed"] += qty
        else:
            tables["transfers"].append(
                Transfer(
                    from_plant="P",
                    to_plant="Q",
                    lot=key("A:1"),
                    qty=Decimal(qty),
                    sent=at(hours),
                    received=None,
                )
            )
            heaps["transit"] += qty
        left += qty if kind in ("return", "unscrap") else -qty
    heaps["finished"] = left
    facts = plant(
        lots=[lot("A:1", made, made=at(0))], stock=[stock("A:1", left)] if left else [], **tables
    )

    row = next(row for row in balance_places(facts, forward(facts, "A:1")) if row.item == "A")

    assert {name: int(getattr(row, name)) for name in heaps} == heaps
    assert (row.made, row.returned, row.unaccounted) == (made, returned, 0)


# TR-34: whose goods they are.


def _order(number, customer, *, kind=OrderKind.ORDER, item="A", **more):
    return OrderLine(
        key=OrderLineKey("P", number, "1"),
        customer=customer,
        item=item,
        qty=Decimal(10),
        due=at(500),
        kind=kind,
        **more,
    )


def test_tr_34_one_delivery_of_many_orders_tells_each_buyer_and_where_it_went():
    facts = plant(
        lots=[lot("A:1", 100)],
        customers=[Customer(customer="Ann"), Customer(customer="Dist", tier="A")],
        order_lines=[
            _order("SO1", "Ann", ship_to="Ann's yard", customer_order="PO-7"),
            _order("SO2", "Dist", ship_to="Depot", customer_item="X-1"),
        ],
        shipments=[
            ship("DN1", "A:1", 5, order="SO1", customer="Ann", line_no="1"),
            ship("DN1", "A:1", 5, order="SO2", customer="Dist", line_no="2"),
        ],
    )

    impact = assess(facts, disruption(lots=(key("A:1"),)), now=clock(200))

    told = {(row.shipment, row.customer, row.ship_to) for row in impact.shipments}
    assert told == {("DN1", "Ann", "Ann's yard"), ("DN1", "Dist", "Depot")}
    assert {row.customer_order for row in impact.shipments} == {"PO-7", None}
    assert {row.customer for row in impact.customers} == {"Ann", "Dist"}


def test_tr_34_order_split_over_deliveries_is_told_of_each():
    facts = plant(
        lots=[lot("A:1", 100), lot("A:2", 100)],
        order_lines=[_order("SO1", "Ann")],
        shipments=[
            ship("DN1", "A:1", 5, order="SO1", qty=4),
            ship("DN2", "A:2", 6, order="SO1", qty=6),
        ],
    )

    impact = assess(facts, disruption(lots=(key("A:1"),)), now=clock(200))

    (row,) = impact.orders
    assert (row.effects, row.qty_at_risk) == ((Effect.SUSPECT_SHIPPED,), Decimal(4))
    assert [row.shipment for row in impact.shipments] == ["DN1"]


@pytest.mark.parametrize("kind", [OrderKind.SAMPLE, OrderKind.INTERNAL])
def test_tr_34_samples_and_internal_orders_are_told_as_well(kind):
    facts = plant(
        lots=[lot("A:1", 100)],
        order_lines=[_order("SO1", "Lab", kind=kind)],
        shipments=[ship("DN1", "A:1", 5, order="SO1", customer="Lab")],
    )

    impact = assess(facts, disruption(lots=(key("A:1"),)), now=clock(200))

    assert [row.key.order for row in impact.orders] == ["SO1"]


def test_tr_34_free_goods_without_any_order_are_told_by_their_shipment():
    facts = plant(
        lots=[lot("A:1", 100)],
        customers=[Customer(customer="Ann")],
        shipments=[ship("FREE", "A:1", 5, customer="Ann")],
    )

    impact = assess(facts, disruption(lots=(key("A:1"),)), now=clock(200))

    assert [(row.shipment, row.customer) for row in impact.shipments] == [("FREE", "Ann")]
    assert [(row.customer, row.shipped_qty) for row in impact.customers] == [("Ann", Decimal(10))]


# TR-35: what has not happened yet.


def test_tr_35_suspect_stock_reserved_for_an_open_order_is_at_risk_and_nobody_was_sent_it():
    facts = plant(
        lots=[lot("A:1", 100)],
        stock=[stock("A:1", 100)],
        order_lines=[_order("SO1", "Ann")],
        allocations=[
            Allocation(
                order_line=OrderLineKey("P", "SO1", "1"),
                work_order=None,
                lot=key("A:1"),
                item="A",
                qty=Decimal(10),
            )
        ],
    )

    impact = assess(facts, disruption(lots=(key("A:1"),)), now=clock(200))

    (row,) = impact.orders
    assert row.effects == (Effect.SUSPECT_ON_HAND, Effect.SHORT)
    assert Effect.SUSPECT_SHIPPED not in row.effects
    assert impact.shipments == ()


def test_tr_35_planned_production_that_needs_suspect_stock_is_listed_before_it_starts():
    facts = plant(
        lots=[lot("A:1", 100)],
        stock=[stock("A:1", 100, "raw")],
        work_orders=[replace(work_order("W", "B", 10), order_line=OrderLineKey("P", "SO1", "1"))],
        requirements=[Requirement(work_order=wo("W"), component="A", required_qty=Decimal(10))],
        order_lines=[_order("SO1", "Ann", item="B")],
    )

    impact = assess(facts, disruption(lots=(key("A:1"),)), now=clock(200))

    (row,) = impact.orders
    assert Effect.SUSPECT_SHIPPED not in row.effects
    assert {Effect.SHORT, Effect.SUSPECT_ON_HAND} & set(row.effects)
    assert classes(forward(facts, "A:1")) == {"A:1": "CONFIRMED"}


# TR-37: several reasons for one lot.


def test_tr_37_lot_stays_suspect_by_each_reason_on_its_own():
    facts = plant(
        lots=[lot("A:1"), lot("A:2"), lot("B:1")],
        consumption=[use("A:1", "B:1", 1), use("A:2", "B:1", 2)],
        stock=[stock("B:1", 50)],
        order_lines=[_order("SO1", "Ann", item="B")],
    )
    reasons = [disruption(lots=(key(name),)) for name in ("A:1", "A:2")]

    answers = [assess(facts, one, now=clock(200)) for one in reasons]

    assert [key("B:1") in {row.key for row in each.lots} for each in answers] == [True, True]
    assert [[row.key.order for row in each.orders] for each in answers] == [["SO1"], ["SO1"]]
    # Each answer names its own reason.
    assert [each.orders[0].path[1].key for each in answers] == ["P/A/1", "P/A/2"]


# TR-40: who did it is not what it is.


def _handled(person, *, archived=()):
    facts = plant(
        lots=[lot(name) for name in ("B:1", "C:1", "D:1") if name not in archived],
        resource_uses=[
            ResourceUse(
                plant="P",
                resource=person,
                kind="person",
                lot=key("B:1"),
                work_order=None,
                start=at(3),
                end=at(5),
            )
        ],
        consumption=[use("B:1", "C:1", 7), use("C:1", "D:1", 9)],
        shipments=[ship("S1", "D:1", 10)],
    )
    bad = disruption("method", people=(person,), start=clock(4), end=clock(6))
    return trace_forward(build_lot_graph(facts), seed_lots(facts, bad))


def test_tr_40_pseudonym_in_place_of_a_person_leaves_the_trace_as_it_was():
    before, after = _handled("E0042"), _handled("anon-7f3a")

    assert before.lots == after.lots
    assert before.shipments == after.shipments
    paths = [[step.key for step in trace.path_to(key("D:1"))] for trace in (before, after)]
    assert [name if name != "E0042" else "anon-7f3a" for name in paths[0]] == paths[1]


@pytest.mark.parametrize("archived", [("B:1",), ("C:1",), ("B:1", "C:1", "D:1")])
def test_tr_40_trace_goes_on_through_lots_whose_description_was_archived(archived):
    before, after = _handled("E0042"), _handled("E0042", archived=archived)

    assert classes(before) == classes(after)
    assert before.shipments[0].link_class == after.shipments[0].link_class
