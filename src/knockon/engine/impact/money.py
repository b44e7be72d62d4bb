"""What the hit orders are worth, what penalties run, what the suspect goods cost."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from knockon.domain.facts import Item, OrderLine, OrderLineKey, PlantFacts
from knockon.domain.impact import Effect, Impact
from knockon.domain.money import Figure, product_of, sum_of

DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAtRisk:
    """What of a hit order line the amounts are worked out from.

    Parameters
    ----------
    customer
        Known by the shipment where no order line is recorded.
    qty
        At risk, in the item's unit; None when nobody knows.
    late_s
        None when the line is not late, or nobody knows by how much.
    """

    key: OrderLineKey
    customer: str
    effects: Collection[Effect]
    qty: Decimal | None
    uom: str | None
    late_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsAtRisk:
    """Suspect goods of an item that are in the house, in transit or at a subcontractor."""

    item: str
    uom: str | None
    qty: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyAtRisk:
    """The amounts of one plant, all in its currency; they measure different things: no total.

    Parameters
    ----------
    value
        Selling price of what is suspect, short or late.
    penalties
        Agreed penalties for the days late.
    goods
        Standard cost of the suspect goods that are still in our hands.
    """

    plant: str
    currency: str | None
    value: Figure
    penalties: Figure
    goods: Figure


def lines_of(impact: Impact) -> tuple[LineAtRisk, ...]:
    """Return the hit lines of an answer that are worth counting; those that only move are not."""
    return tuple(
        LineAtRisk(
            key=row.key,
            customer=row.customer,
            effects=row.effects,
            qty=row.qty_at_risk,
            uom=row.uom,
            late_s=row.late_s,
        )
        for row in impact.orders
        if set(row.effects) != {Effect.MOVED}
    )


def goods_of(impact: Impact) -> tuple[GoodsAtRisk, ...]:
    """Return the suspect goods of an answer that are still in our hands, by item."""
    return tuple(
        GoodsAtRisk(
            item=row.item,
            uom=row.uom,
            qty=row.raw + row.wip + row.finished + row.transit + row.subcontractor,
        )
        for row in impact.places
    )


def money_at_risk(
    facts: PlantFacts,
    *,
    plant: str,
    lines: Sequence[LineAtRisk],
    goods: Sequence[GoodsAtRisk],
) -> tuple[MoneyAtRisk, ...]:
    """Return the amounts at risk, one entry per plant that a line or the goods belong to.

    Parameters
    ----------
    plant
        Whose goods they are.

    Notes
    -----
    Value = quantity x unit price. Penalty = penalty per day x days late, where each period of 24
    hours that has begun counts as a day. Cost of goods = quantity x standard cost. What is unknown
    stays unknown and its sum says so; plants are never added, for their currencies may differ.
    """
    wanted = {line.key for line in lines}
    book = _Book(
        lines={row.key: row for row in facts.order_lines if row.key in wanted},
        items={row.item: row for row in facts.items},
        currencies={row.plant: row.currency for row in facts.plants},
    )
    plants = sorted({plant, *(line.key.plant for line in lines)})
    return tuple(
        book.plant_at_risk(
            code,
            [line for line in lines if line.key.plant == code],
            goods if code == plant else (),
        )
        for code in plants
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """The prices that the amounts are worked out with."""

    lines: Mapping[OrderLineKey, OrderLine]
    items: Mapping[str, Item]
    currencies: Mapping[str, str | None]

    def plant_at_risk(
        self, plant: str, lines: Sequence[LineAtRisk], goods: Sequence[GoodsAtRisk]
    ) -> MoneyAtRisk:
        """Return the amounts of one plant."""
        currency = self.currencies.get(plant)
        by_customer: dict[str, list[LineAtRisk]] = defaultdict(list)
        for line in lines:
            by_customer[line.customer].append(line)
        values, penalties = [], []
        for customer in sorted(by_customer):
            rows = sorted(by_customer[customer], key=lambda row: row.key)
            parts = [self._value(row, currency) for row in rows]
            values.append(sum_of("value_of_customer", parts, currency=currency, customer=customer))
            agreed = [part for row in rows if (part := self._penalty(row, currency)) is not None]
            if agreed:
                penalties.append(
                    sum_of("penalties_of_customer", agreed, currency=currency, customer=customer)
                )
        costs = [self._cost(row, currency) for row in goods if row.qty > 0]
        return MoneyAtRisk(
            plant=plant,
            currency=currency,
            value=sum_of("value_at_risk", values, currency=currency),
            penalties=sum_of("penalties", penalties, currency=currency),
            goods=sum_of("suspect_goods", costs, currency=currency),
        )

    def _value(self, row: LineAtRisk, currency: str | None) -> Figure:
        known = self.lines.get(row.key)
        price = known.unit_price if known else None
        qty = Figure(code="qty_at_risk", value=row.qty, params={"uom": row.uom or ""})
        return product_of(
            "value_of_order",
            (qty, Figure(code="unit_price", value=price, currency=currency)),
            currency=currency,
            order=_name(row.key),
        )

    def _penalty(self, row: LineAtRisk, currency: str | None) -> Figure | None:
        """Return the penalty of a line that is late or short; None when none was agreed."""
        known = self.lines.get(row.key)
        if known is None or known.penalty_per_day is None:
            return None
        if row.late_s is not None:
            days: Decimal | None = Decimal(-(-max(0, row.late_s) // DAY_S))
        elif {Effect.LATE, Effect.SHORT} & set(row.effects):
            days = None
        else:
            return None
        per_day = Figure(code="penalty_per_day", value=known.penalty_per_day, currency=currency)
        return product_of(
            "penalty_of_order",
            (per_day, Figure(code="days_late", value=days)),
            currency=currency,
            order=_name(row.key),
        )

    def _cost(self, row: GoodsAtRisk, currency: str | None) -> Figure:
        known = self.items.get(row.item)
        cost = known.standard_cost if known else None
        return product_of(
            "cost_of_item",
            (
                Figure(code="suspect_qty", value=row.qty, params={"uom": row.uom or ""}),
                Figure(code="standard_cost", value=cost, currency=currency),
            ),
            currency=currency,
            item=row.item,
        )


def _name(key: OrderLineKey) -> str:
    return f"{key.order}/{key.line}"
