"""An impact as the JSON document of the exchange contract, section 4.

Quantities and money are decimal strings without exponent, times RFC 3339 in UTC with ``Z``,
durations whole seconds, unknown is null. Equal impacts give equal bytes.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from importlib import resources
from typing import Any

from knockon.domain.facts.keys import OrderLineKey
from knockon.domain.impact import (
    CustomerImpact,
    Gap,
    Impact,
    LotImpact,
    OperationImpact,
    OrderImpact,
    PathStep,
    PlaceBalance,
    ShipmentImpact,
    UnpeggedImpact,
    WayOut,
)
from knockon.domain.scope_values import scope_to_values

SCHEMA_FILE = "impact_document.schema.json"

Values = dict[str, Any]


def render(impact: Impact, *, elapsed_ms: int) -> Values:
    """Return the impact as JSON values, in the order of the contract."""
    disruption = impact.disruption
    return {
        "disruption": {
            "id": disruption.id,
            "kind": disruption.kind.value,
            "severity": disruption.severity.value,
            "state": disruption.state.value,
            "opened_at": instant_text(disruption.opened_at),
            "scope": scope_to_values(disruption.scope),
            "repair_s": impact.repair_s,
            "repair_basis": impact.repair_basis.value,
        },
        "as_of": instant_text(impact.as_of),
        "snapshot": str(impact.snapshot),
        "data_age": [
            {"source": age.source, "last_good_at": instant_text(age.last_good_at)}
            for age in impact.data_age
        ],
        "elapsed_ms": elapsed_ms,
        "operations": [_operation(row) for row in impact.operations],
        "lots": [lot_row(row) for row in impact.lots],
        "orders": [order_row(row) for row in impact.orders],
        "unpegged": [_unpegged(row) for row in impact.unpegged],
        "customers": [_customer(row) for row in impact.customers],
        "shipments": [_shipment(row) for row in impact.shipments],
        "places": [_place(row) for row in impact.places],
        "gaps": [_gap(row) for row in impact.gaps],
    }


def to_bytes(document: Mapping[str, Any]) -> bytes:
    """Return a document as UTF-8 JSON; equal documents give equal bytes."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def load_schema() -> Values:
    """Return the JSON schema (draft 2020-12) that every document satisfies."""
    source = resources.files("knockon.domain").joinpath(SCHEMA_FILE)
    schema: Values = json.loads(source.read_text(encoding="utf-8"))
    return schema


def decimal_text(number: Decimal) -> str:
    """Return a number as plain digits, without exponent and idle zeros."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def instant_text(at: datetime) -> str:
    """Return an aware instant as RFC 3339 in UTC, in whole seconds."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def order_line_text(key: OrderLineKey) -> str:
    """Return an order line as a person writes it."""
    return f"{key.order}/{key.line}"


def _qty(number: Decimal | None) -> str | None:
    return None if number is None else decimal_text(number)


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else instant_text(moment)


def _operation(row: OperationImpact) -> Values:
    return {
        "work_order": row.key.work_order,
        "seq": row.key.seq,
        "equipment": row.equipment,
        "class": row.link_class.name,
        "frozen": row.frozen,
        "old_start": _at(row.old_start),
        "new_start": _at(row.new_start),
        "old_finish": _at(row.old_finish),
        "new_finish": _at(row.new_finish),
        "delay_s": row.delay_s,
    }


def lot_row(row: LotImpact) -> Values:
    """Return a lot's row as in the document."""
    return {
        "issuer": row.key.issuer,
        "item": row.key.item,
        "lot": row.key.lot,
        "class": row.link_class.name,
        "qty": _qty(row.qty),
        "uom": row.uom,
        "qty_at_risk": _qty(row.qty_at_risk),
        "fraction": _qty(row.fraction),
        "place": row.place,
        "hops": row.hops,
    }


def order_row(row: OrderImpact) -> Values:
    """Return an order line's row as in the document."""
    return {
        "order": row.key.order,
        "line": row.key.line,
        "customer": row.customer,
        "customer_order": row.customer_order,
        "tier": row.tier,
        "item": row.item,
        "effects": [effect.value for effect in row.effects],
        "class": row.link_class.name,
        "frozen": row.frozen,
        "qty_at_risk": _qty(row.qty_at_risk),
        "qty_short": _qty(row.qty_short),
        "qty_on_time": _qty(row.qty_on_time),
        "uom": row.uom,
        "value_at_risk": _qty(row.value_at_risk),
        "currency": row.currency,
        "due_at": _at(row.due_at),
        "promised_at": _at(row.promised_at),
        "old_finish": _at(row.old_finish),
        "new_finish": _at(row.new_finish),
        "expected_finish": _at(row.expected_finish),
        "old_ship": _at(row.old_ship),
        "new_ship": _at(row.new_ship),
        "late_s": row.late_s,
        "p_late": _qty(row.p_late),
        "safe_until_repair_s": row.safe_until_repair_s,
        "decide_by": _at(row.decide_by),
        "ways_out": [way_out_row(way) for way in row.ways_out],
        "path": path_rows(row.path),
    }


def way_out_row(way: WayOut) -> Values:
    """Return a way out as in the document."""
    return {
        "kind": way.kind,
        "target": way.target,
        "latest_at": _at(way.latest_at),
        "cost": _qty(way.cost),
        "checks": [{"code": check.code, "params": dict(check.params)} for check in way.checks],
    }


def path_rows(path: Sequence[PathStep]) -> list[Values]:
    """Return an explanation path as in the document, from the cause to the customer."""
    return [_step(step) for step in path]


def gap_row(gap: Gap) -> Values:
    """Return a gap as in the document."""
    return _gap(gap)


def _step(step: PathStep) -> Values:
    return {
        "type": step.type.value,
        "key": step.key,
        "via": str(step.via),
        "at": _at(step.at),
        "qty": _qty(step.qty),
        "class": step.link_class.name,
    }


def _unpegged(row: UnpeggedImpact) -> Values:
    first = row.first_open_order
    return {
        "item": row.item,
        "qty_at_risk": decimal_text(row.qty_at_risk),
        "covered_until": _at(row.covered_until),
        "first_open_order": None if first is None else order_line_text(first),
    }


def _customer(row: CustomerImpact) -> Values:
    return {
        "customer": row.customer,
        "name": row.name,
        "tier": row.tier,
        "orders": row.orders,
        "qty_at_risk": _qty(row.qty_at_risk),
        "shipped_qty": _qty(row.shipped_qty),
    }


def _shipment(row: ShipmentImpact) -> Values:
    return {
        "shipment": row.shipment,
        "customer": row.customer,
        "ship_to": row.ship_to,
        "customer_order": row.customer_order,
        "customer_item": row.customer_item,
        "lot": "/".join(row.lot),
        "qty": decimal_text(row.qty),
        "shipped_at": instant_text(row.shipped_at),
    }


def _place(row: PlaceBalance) -> Values:
    return {
        "item": row.item,
        "uom": row.uom,
        "made": decimal_text(row.made),
        "received": decimal_text(row.received),
        "raw": decimal_text(row.raw),
        "wip": decimal_text(row.wip),
        "finished": decimal_text(row.finished),
        "transit": decimal_text(row.transit),
        "subcontractor": decimal_text(row.subcontractor),
        "customer": decimal_text(row.customer),
        "returned": decimal_text(row.returned),
        "scrap": decimal_text(row.scrap),
        "consumed": decimal_text(row.consumed),
        "unaccounted": decimal_text(row.unaccounted),
    }


def _gap(row: Gap) -> Values:
    return {"code": row.code, "where": row.where, "qty": _qty(row.qty)}
