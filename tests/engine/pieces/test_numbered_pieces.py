"""Quantities of order lines against a plant in which every piece has a number."""

from decimal import Decimal

from hypothesis import event, given, settings
from hypothesis import strategies as st

from knockon.domain.disruptions import DisruptionKind
from knockon.domain.facts import Item, Lot, PlantFacts, Stock
from knockon.domain.impact import Impact, OrderImpact
from tests.engine.delay.plants import (
    PLANT,
    answer,
    lot,
    make,
    moment,
    need,
    op,
    order,
    plant,
    trouble,
)
from tests.engine.pieces.oracle import Fate, Line, Work, World, fates

_GRAIN = 4
"""Every quantity is a multiple, so that lots end where whole pieces end."""


@st.composite
def worlds(draw: st.DrawFn) -> World:
    sizes = st.integers(1, 4).map(lambda n: n * _GRAIN)
    count = draw(st.integers(1, 3))
    lines = [
        Line(f"SO{n}", draw(sizes), due=200 + draw(st.integers(0, 9)))
        for n in range(draw(st.integers(1, 3)))
    ]
    works: list[Work] = []
    for n in range(count):
        qty, starts = draw(sizes), 60 + 10 * draw(st.integers(0, 5)) + n
        serves = draw(st.sampled_from(["", *(line.name for line in lines)]))
        per = {"A": draw(st.sampled_from([1, 2])), "B": draw(st.sampled_from([1, 2]))}
        works.append(Work(f"F{n}", "F", qty, starts, per, serves))
        for part in ("A", "B"):
            over = draw(st.sampled_from([0, 0, _GRAIN]))
            raw = {"R": draw(st.sampled_from([1, 2]))}
            begins = 3 * n + draw(st.integers(0, 30))
            works.append(Work(f"{part}F{n}", part, qty * per[part] + over, begins, raw))
    lots = [(f"L{n}", draw(st.integers(1, 8)) * _GRAIN) for n in range(draw(st.integers(1, 5)))]
    bad = draw(st.sets(st.sampled_from([name for name, _ in lots]), min_size=1))
    return World(tuple(lots), frozenset(bad), tuple(works), tuple(lines))


def facts_of(world: World) -> PlantFacts:
    """Write a world down as a plant's records."""
    parts = [
        need(
            work.name,
            part,
            work.qty * per,
            **({"supplied_by": part + work.name} if part != "R" else {}),
        )
        for work in world.works
        for part, per in work.per.items()
    ]
    return plant(
        items=tuple(Item(item=name) for name in "FABR"),
        order_lines=tuple(order(line.name, qty=line.qty, due=line.due) for line in world.lines),
        work_orders=tuple(
            make(work.name, item=work.item, qty=work.qty, order=work.serves) for work in world.works
        ),
        operations=tuple(
            op(work.name, 10, None, work.starts, work.starts + 0.5) for work in world.works
        ),
        requirements=tuple(parts),
        lots=tuple(
            Lot(key=lot("R", name), qty=Decimal(qty), made=moment(-9)) for name, qty in world.lots
        ),
        stock=tuple(
            Stock(plant=PLANT, item="R", lot=lot("R", name), place="raw", qty=Decimal(qty))
            for name, qty in world.lots
        ),
    )


def impact_of(world: World) -> Impact:
    bad = tuple(lot("R", name) for name in sorted(world.bad))
    return answer(facts_of(world), trouble(DisruptionKind.QUALITY, lots=bad))


@settings(deadline=None, max_examples=50)
@given(worlds())
def test_every_piece_is_counted_once(world: World) -> None:
    rows = {row.key.order: row for row in impact_of(world).orders}

    counted = {line.name: _counted(rows.get(line.name)) for line in world.lines}

    expected = fates(world)
    event(f"short {any(fate.short for fate in expected.values())}")
    event(f"replaced {any(fate.suspect > fate.short for fate in expected.values())}")
    assert counted == {name: (fate.at_risk, fate.short) for name, fate in expected.items()}


def _counted(row: OrderImpact | None) -> tuple[Decimal, Decimal]:
    if row is None:
        return Decimal(0), Decimal(0)
    return row.qty_at_risk or Decimal(0), row.qty_short or Decimal(0)


@settings(deadline=None, max_examples=50)
@given(worlds())
def test_no_line_counts_more_than_it_wants(world: World) -> None:
    wanted = {line.name: line.qty for line in world.lines}
    for row in impact_of(world).orders:
        assert (row.qty_at_risk or 0) <= wanted[row.key.order]
        assert (row.qty_short or 0) + (row.qty_on_time or 0) <= wanted[row.key.order]


@settings(deadline=None, max_examples=50)
@given(worlds())
def test_what_is_replaced_in_time_leaves_in_time(world: World) -> None:
    rows = {row.key.order: row for row in impact_of(world).orders}
    expected = fates(world)

    assert {name: row.qty_on_time for name, row in rows.items()} == {
        name: expected[name].on_time for name in rows
    }


def test_the_oracle_sees_a_diamond_once() -> None:
    world = World(
        lots=(("L0", 8), ("L1", 40)),
        bad=frozenset({"L0"}),
        works=(
            Work("F0", "F", 8, 60, {"A": 1, "B": 1}, "SO0"),
            Work("AF0", "A", 8, 0, {"R": 1}),
            Work("BF0", "B", 8, 3, {"R": 1}),
        ),
        lines=(Line("SO0", 8, 200),),
    )

    assert fates(world)["SO0"] == Fate(suspect=8, short=0, at_risk=8, on_time=8)
