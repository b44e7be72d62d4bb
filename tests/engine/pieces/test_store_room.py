"""What a hold takes away from a store room, against one that is emptied piece by piece."""

from collections import Counter
from decimal import Decimal

from hypothesis import event, given, settings
from hypothesis import strategies as st

from knockon.domain.disruptions import DisruptionKind
from knockon.domain.facts import Allocation, Item, Lot, OrderLineKey, PlantFacts
from knockon.domain.impact import Effect
from knockon.engine.impact import why
from tests.engine.assess.goods import purchase, stock
from tests.engine.delay.plants import PLANT, answer, lot, moment, order, plant, trouble
from tests.engine.pieces.stock_oracle import Pile, Store, Wish, outcome


@st.composite
def stores(draw: st.DrawFn) -> Store:
    piles = [
        Pile(f"L{n}", draw(st.integers(1, 9)), draw(st.sampled_from(["", "quarantine", "hold"])))
        for n in range(draw(st.integers(1, 4)))
    ]
    names = [pile.name for pile in piles]
    wishes = []
    for n in range(draw(st.integers(1, 4))):
        qty = draw(st.integers(1, 9))
        promised = draw(st.integers(0, qty))
        lot_name = draw(st.sampled_from(names)) if promised else ""
        wishes.append(Wish(f"SO{n}", qty, 50 + draw(st.integers(0, 3)), lot_name, promised))
    bad = draw(st.sets(st.sampled_from(names), min_size=1))
    return Store(
        tuple(piles),
        draw(st.integers(0, 8)),
        draw(st.integers(0, 6)),
        tuple(wishes),
        frozenset(bad),
    )


def facts_of(store: Store) -> PlantFacts:
    return plant(
        items=(Item(item="F", safety_stock=Decimal(store.safety)),),
        order_lines=tuple(order(wish.name, qty=wish.qty, due=wish.due) for wish in store.wishes),
        lots=tuple(
            Lot(
                key=lot("F", pile.name),
                qty=Decimal(pile.qty),
                made=moment(-9),
                status=pile.status or None,
            )
            for pile in store.piles
        ),
        stock=tuple(stock("F", pile.qty, pile.name) for pile in store.piles),
        purchase_orders=(purchase("PO1", store.bought, due=2, item="F"),) if store.bought else (),
        allocations=tuple(
            Allocation(
                order_line=OrderLineKey(PLANT, wish.name, "1"),
                work_order=None,
                lot=lot("F", wish.lot),
                item="F",
                qty=Decimal(wish.promised),
            )
            for wish in store.wishes
            if wish.promised
        ),
    )


@settings(deadline=None, max_examples=80)
@given(stores())
def test_lines_are_short_of_what_nothing_on_the_shelves_replaces(store: Store) -> None:
    facts = facts_of(store)
    bad = tuple(lot("F", name) for name in sorted(store.bad))
    impact = answer(facts, trouble(DisruptionKind.QUALITY, lots=bad))
    rows = {row.key.order: row for row in impact.orders}

    expected = outcome(store)

    event(f"replaced from safety {any(again for _, _, again in expected.values())}")
    for name, (at_risk, short, again) in expected.items():
        row = rows.get(name)
        assert (row.qty_short or 0 if row else 0) == short
        assert (row is not None and Effect.SHORT in row.effects) == (short > 0)
        assert (row.qty_at_risk if row else 0) == at_risk
        if again:
            told = why(facts, impact, OrderLineKey(PLANT, name, "1")).checks
            assert _replacements(told) == Counter(again)


def _replacements(told: object) -> Counter[str]:
    found: Counter[str] = Counter()
    for check in told:
        if check.code == "replaced_by":
            name = str(check.params["supply"])
            key = "bought" if name.startswith("PO1") else name.rpartition("/")[2]
            found[key] += int(str(check.params["qty"]))
    return found
