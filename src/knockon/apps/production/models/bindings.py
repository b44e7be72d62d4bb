"""Which table of the contract is which of ours, and what a missing column means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from types import MappingProxyType
from typing import Any

from django.db import models as django

from knockon.apps.accounts.models import Person, Shift
from knockon.apps.journal.models import Fact, Versioned
from knockon.apps.plant import models as plant
from knockon.apps.production.models import (
    genealogy,
    making,
    movement,
    orders,
    quality,
    schedule,
)
from knockon.domain.contract import TABLES
from knockon.domain.errors import KnockonError


class TableNotStored(KnockonError):
    """The contract has this table, but it comes in by another door."""

    code = "table_not_stored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """How rows of a contract table become rows of a model.

    Parameters
    ----------
    columns
        Contract column to model field; a column that is not here becomes an own field.
    spans
        Instant field to the field that keeps its doubt in seconds.
    key
        Model fields that name a current row, without plant where ``is_shared``.
    blanks
        Every field a row may set, in the model's order, with its value in a new row whose file
        does not say.
    settlers
        How each field's value looks once the data base has had it, so that equal rows compare
        equal; a field that is not here stays as it is.
    """

    table: str
    model: type[Versioned]
    columns: Mapping[str, str]
    spans: Mapping[str, str]
    key: tuple[str, ...]
    blanks: Mapping[str, object]
    settlers: Mapping[str, Callable[[Any], Any]]
    is_fact: bool
    is_shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    model: type[Versioned]
    renames: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    defaults: Mapping[str, object] = field(default_factory=dict)
    only: frozenset[str] | None = None


_LOT = ("issuer", "item", "lot")
_TARGETS: dict[str, _Target] = {
    "equipment": _Target(model=plant.Equipment, key=("equipment",)),
    "tools": _Target(model=plant.Tool, key=("tool",)),
    "tool_uses": _Target(
        model=plant.ToolUse,
        key=("item", "operation", "tool", "equipment"),
        defaults={"approved": True},
    ),
    "calendars": _Target(
        model=plant.CalendarRule,
        key=("equipment", "weekday", "date", "start", "kind"),
        defaults={"kind": "work"},
    ),
    "customers": _Target(model=plant.Customer, key=("customer",)),
    "ship_calendars": _Target(model=plant.ShipCalendar, key=("customer", "weekday", "cutoff")),
    "suppliers": _Target(model=plant.Supplier, key=("supplier",)),
    "people": _Target(model=Person, key=("person",)),
    "shifts": _Target(model=Shift, key=("team", "weekday", "date", "start", "person", "role")),
    "items": _Target(model=plant.Item, key=("item",), defaults={"lot_controlled": True}),
    "units": _Target(
        model=plant.UnitFactor,
        renames={"from": "from_uom", "to": "to_uom"},
        key=("item", "from_uom", "to_uom", "lot", "effective_from"),
    ),
    "bom": _Target(
        model=plant.BomLine,
        key=("parent_item", "component_item", "seq", "revision", "effective_from"),
        defaults={"base_qty": 1, "is_phantom": False},
    ),
    "routings": _Target(
        model=plant.RoutingStep,
        renames={"yield": "yield_ratio"},
        key=("item", "seq"),
        defaults={"base_qty": 1},
    ),
    "approvals": _Target(
        model=plant.Approval,
        key=("item", "equipment", "supplier", "customer"),
        defaults={"state": "approved"},
    ),
    "setups": _Target(model=plant.Setup, key=("equipment", "from_group", "to_group")),
    "levers": _Target(model=plant.Lever, key=("kind", "equipment", "supplier")),
    "causes": _Target(model=plant.Cause, key=("code",)),
    "sales_orders": _Target(
        model=orders.OrderLine,
        key=("order", "line"),
        defaults={
            "kind": "order",
            "due_kind": "ship",
            "status": "open",
            "ship_complete": False,
        },
    ),
    "work_orders": _Target(
        model=making.WorkOrder,
        renames={"type": "kind"},
        key=("work_order",),
        defaults={"kind": "in_house", "status": "open"},
    ),
    "requirements": _Target(model=making.Requirement, key=("work_order", "component", "seq")),
    "operations": _Target(
        model=making.Operation,
        key=("work_order", "seq"),
        defaults={"status": "planned"},
        only=frozenset(
            {
                "work_order",
                "seq",
                "operation",
                "status",
                "actual_start",
                "actual_finish",
                "qty_good",
                "qty_scrap",
                "setup_min",
                "run_min_per_unit",
            }
        ),
    ),
    "allocations": _Target(model=orders.Allocation, key=("order", "line", "work_order", *_LOT)),
    "lots": _Target(model=genealogy.Lot, key=_LOT),
    "serials": _Target(model=genealogy.Serial, key=("item", "serial")),
    "consumption": _Target(model=genealogy.Consumption, defaults={"kind": "recorded"}),
    "lot_events": _Target(model=genealogy.LotEvent),
    "resource_use": _Target(model=genealogy.ResourceUse, defaults={"kind": "tool"}),
    "stock": _Target(
        model=movement.Stock,
        key=(*_LOT, "place", "warehouse", "location"),
        defaults={"place": "finished"},
    ),
    "shipments": _Target(model=movement.Shipment, defaults={"kind": "ship"}),
    "transfers": _Target(
        model=movement.Transfer,
        renames={"to_plant": "to_site_id", "received_at": "received_at_plant"},
    ),
    "outside_moves": _Target(model=movement.OutsideMove),
    "purchase_orders": _Target(model=movement.PurchaseOrder, key=("po", "line")),
    "receipts": _Target(model=movement.Receipt, renames={"received_at": "received_on"}),
    "inspections": _Target(model=quality.Inspection),
    "stops": _Target(model=making.Stop),
    "work_reports": _Target(model=making.WorkReport),
}

PLAN_COLUMNS = (
    "work_order",
    "seq",
    "equipment",
    "tool",
    "run_group",
    "crew",
    "planned_start",
    "planned_finish",
)
"""Columns of ``operations`` that are the plan and live in schedule versions."""

STORED_TABLES: tuple[str, ...] = tuple(name for name in TABLES if name in _TARGETS)
"""Tables that are stored as rows, in the contract's order."""


@cache
def binding_of(table: str) -> Binding:
    """Return how a table is stored.

    Raises
    ------
    TableNotStored
        For ``plants`` and ``signals``, which have services of their own.
    """
    target = _TARGETS.get(table)
    if target is None:
        raise TableNotStored(table=table)
    return _bind(table, target, columns=target.only)


@cache
def plan_binding() -> Binding:
    """Return how the plan columns of ``operations`` are stored."""
    target = _Target(model=schedule.PlannedOperation, key=("work_order", "seq"))
    return _bind("operations", target, columns=frozenset(PLAN_COLUMNS))


def columns_of_rule(table: str, rule: str) -> tuple[str, ...]:
    """Return the contract's columns that a rule of the data base asks about; none if unknown."""
    bindings = [binding_of(table), *([plan_binding()] if table == "operations" else [])]
    for binding in bindings:
        names = _fields_of_rule(binding.model, rule)
        if names:
            return tuple(column for column, name in binding.columns.items() if name in names)
    return ()


def _fields_of_rule(model: type[Versioned], rule: str) -> frozenset[str]:
    for each in model._meta.constraints:
        if each.name != rule:
            continue
        if isinstance(each, django.CheckConstraint) and isinstance(each.condition, django.Q):
            return frozenset(each.condition.referenced_base_fields)
        if isinstance(each, django.UniqueConstraint):
            return frozenset(each.fields)
    return frozenset()


def _bind(table: str, target: _Target, *, columns: frozenset[str] | None) -> Binding:
    by_attname: dict[str, Any] = {each.attname: each for each in target.model._meta.concrete_fields}
    found: dict[str, str] = {}
    spans: dict[str, str] = {}
    for spec in TABLES[table].fields:
        name = target.renames.get(spec.name, spec.name)
        if name not in by_attname or (columns is not None and spec.name not in columns):
            continue
        found[spec.name] = name
        span = _span_of(name, by_attname)
        if span is not None:
            spans[name] = span
    is_fact = issubclass(target.model, Fact)
    wanted = {*found.values(), *spans.values()}
    names = [name for name in by_attname if name in wanted]
    return Binding(
        table=table,
        model=target.model,
        columns=MappingProxyType(found),
        spans=MappingProxyType(spans),
        key=target.key,
        blanks=MappingProxyType(
            {name: target.defaults.get(name, _absent(by_attname[name])) for name in names}
        ),
        settlers=MappingProxyType(
            {name: settler for name in names if (settler := _settler(by_attname[name]))}
        ),
        is_fact=is_fact,
        is_shared="site_id" not in by_attname or table == "lots",
    )


def _absent(field: Any) -> Any:
    """Return what a column holds when nobody says."""
    if field.has_default():
        return field.get_default()
    return "" if isinstance(field, django.CharField) else None


def _settler(field: Any) -> Callable[[Any], Any] | None:
    if isinstance(field, django.CharField):
        return _as_text
    if isinstance(field, django.DecimalField):
        step = Decimal(1).scaleb(-(field.decimal_places or 0))
        return partial(_rounded, step=step)
    if isinstance(field, django.DateField) and not isinstance(field, django.DateTimeField):
        return _as_day
    return None


def _as_text(value: Any) -> Any:
    return "" if value is None else value


def _rounded(value: Any, *, step: Decimal) -> Decimal | None:
    return None if value is None else Decimal(value).quantize(step)


def _as_day(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def _span_of(name: str, by_attname: Mapping[str, "django.Field[Any, Any]"]) -> str | None:
    for stem in (name, name.removesuffix("_at"), name.removesuffix("_on"), _without_plant(name)):
        if f"{stem}_span_s" in by_attname:
            return f"{stem}_span_s"
    return None


def _without_plant(name: str) -> str:
    return name.removesuffix("_at_plant")
