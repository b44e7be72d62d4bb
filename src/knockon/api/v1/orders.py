"""Orders: why one is hit, or why it is not."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from knockon.api.v1.asking import asker
from knockon.apps.disruptions.answers.impacts import why
from knockon.apps.disruptions.selectors import load_disruption
from knockon.domain.facts import OrderLineKey
from knockon.domain.impact_document import order_row

router = Router(tags=["orders"])


@router.get("/{order}/lines/{line}/why")
def reason(
    request: HttpRequest, order: str, line: str, disruption: int, plant: str = ""
) -> dict[str, Any]:
    """Say why a disruption hits an order line, or what was checked to say that it does not.

    Without ``plant`` the order is one of the disruption's plant.
    """
    viewer = asker(request)
    case = load_disruption(disruption, viewer=viewer)
    key = OrderLineKey(plant or case.site_id, order, line)
    answer = why(disruption, key, viewer=viewer)
    return {
        "disruption": disruption,
        "plant": key.plant,
        "order": key.order,
        "line": key.line,
        "is_hit": answer.is_hit,
        "row": None if answer.row is None else order_row(answer.row),
        "checks": [{"code": check.code, "params": dict(check.params)} for check in answer.checks],
    }
