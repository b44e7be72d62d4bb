"""What a case puts at risk in money, each figure with what it is worked out from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from knockon.apps.disruptions.answers.impacts import plants_of, shown, snapshot_of
from knockon.apps.disruptions.answers.pictures import picture
from knockon.apps.disruptions.models import Disruption, Impact
from knockon.apps.disruptions.selectors import load_disruption, load_impact
from knockon.domain.access import Right, Viewer
from knockon.domain.facts import OrderLineKey, PlantFacts
from knockon.domain.impact import Effect
from knockon.domain.impact_document import instant_text
from knockon.domain.money import figure_rows
from knockon.engine.impact.money import GoodsAtRisk, LineAtRisk, MoneyAtRisk, money_at_risk

_IN_OUR_HANDS = ("raw", "wip", "finished", "transit", "subcontractor")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMoney:
    """The amounts of a case's answer, one entry per plant."""

    row: Disruption
    impact: Impact
    plants: tuple[MoneyAtRisk, ...]


def case_money(disruption_id: int, *, viewer: Viewer, impact_id: int | None = None) -> CaseMoney:
    """Return what the case's newest answer, or an older one, puts at risk, as far as it is seen.

    Raises
    ------
    DisruptionUnknown, ImpactVersionUnknown, NotAllowed
        The case is not there, not for this viewer, or the viewer may not see orders.
    ImpactMissing
        It is still being computed.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    viewer.require(Right.VIEW_ORDERS, plant=row.site_id)
    stored = load_impact(row.pk, impact_id=impact_id)
    document = shown(stored, viewer=viewer)
    facts = picture(plants_of(stored), snapshot_of(stored))
    owners = _owners(facts, document["orders"], own=row.site_id)
    lines = [
        _line(order, plant=owners.get((order["order"], order["line"]), row.site_id))
        for order in document["orders"]
        if order["effects"] != [Effect.MOVED.value]
    ]
    plants = money_at_risk(
        facts,
        plant=row.site_id,
        lines=lines,
        goods=[_goods(place) for place in document["places"]],
    )
    return CaseMoney(row=row, impact=stored, plants=plants)


def _owners(
    facts: PlantFacts, orders: Sequence[Mapping[str, Any]], *, own: str
) -> dict[tuple[str, str], str]:
    """Return the plant of each order line of a document; of equal numbers the case's own one."""
    asked = {(order["order"], order["line"]): order["customer"] for order in orders}
    found: dict[tuple[str, str], str] = {}
    for line in facts.order_lines:
        number = (line.key.order, line.key.line)
        if asked.get(number) == line.customer and found.get(number) != own:
            found[number] = line.key.plant
    return found


def money_document(disruption_id: int, *, viewer: Viewer) -> dict[str, Any]:
    """Return the amounts of a case as a document; raises as ``case_money``."""
    found = case_money(disruption_id, viewer=viewer)
    return {
        "disruption": found.row.pk,
        "as_of": instant_text(found.impact.as_of),
        "snapshot": str(snapshot_of(found.impact)),
        "plants": [
            {
                "plant": entry.plant,
                "currency": entry.currency,
                "figures": figure_rows((entry.value, entry.penalties, entry.goods)),
            }
            for entry in found.plants
        ],
    }


def _line(order: Mapping[str, Any], *, plant: str) -> LineAtRisk:
    return LineAtRisk(
        key=OrderLineKey(plant, order["order"], order["line"]),
        customer=order["customer"],
        effects=[Effect(effect) for effect in order["effects"]],
        qty=_decimal(order["qty_at_risk"]),
        uom=order["uom"],
        late_s=order["late_s"],
    )


def _goods(place: Mapping[str, Any]) -> GoodsAtRisk:
    return GoodsAtRisk(
        item=place["item"],
        uom=place["uom"],
        qty=sum((Decimal(place[name]) for name in _IN_OUR_HANDS), Decimal(0)),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
