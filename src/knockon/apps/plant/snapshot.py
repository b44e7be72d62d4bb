"""Master data as the engine reads them, at a journal position."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Model, Q, QuerySet

from knockon.apps.accounts.models import Site
from knockon.apps.plant import models
from knockon.domain import facts
from knockon.domain.facts import EquipmentKey, ToolKey
from knockon.domain.times import Moment


def as_of(
    model: type[Model],
    *,
    position: int,
    plants: Sequence[str] | None = None,
    also: Sequence[str] = (),
) -> QuerySet[Any]:
    """Return the rows that were valid at a journal position, of these plants (None: shared).

    Rows are named tuples of the columns that facts are made of, and of what ``also`` names: at tens
    of thousands of rows, making model instances would cost more than reading them.
    """
    rows: QuerySet[Any] = model._default_manager.filter(
        Q(retired=None) | Q(retired_id__gt=position), recorded_id__lte=position
    )
    if plants is not None:
        rows = rows.filter(site_id__in=plants)
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in _UNREAD]
    return rows.values_list(*names, *also, named=True)


RESIDENCE_MIN_FIELD = "residence_min_min"
RESIDENCE_MAX_FIELD = "residence_max_min"
"""Own fields of a machine: minutes that material is inside at least and at most."""
_UNREAD = frozenset({"own", "received_at", "recorded_id", "retired_id", "source"})


def exact(value: Decimal | None) -> Decimal | None:
    """Return the number without the column's padding zeros, so that equal facts read equal."""
    if value is None:
        return None
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()


def number(value: Decimal) -> Decimal:
    """Return a number that is never absent, without padding zeros."""
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()


def seconds(minutes: Decimal | None) -> int | None:
    """Return minutes as whole seconds."""
    return None if minutes is None else int((minutes * 60).to_integral_value())


def moment(at: datetime | None, span_s: int) -> Moment | None:
    """Return the moment of an instant column and its span."""
    if at is None:
        return None
    return Moment(at, at + timedelta(seconds=span_s) if span_s else at)


def surely(at: datetime, span_s: int) -> Moment:
    """Return the moment of an instant column that is never empty."""
    return Moment(at, at + timedelta(seconds=span_s) if span_s else at)


def load_plants(plants: Sequence[str]) -> tuple[facts.Plant, ...]:
    """Return the plants with their defaults, by code."""
    return tuple(
        facts.Plant(
            plant=row.code,
            timezone=row.timezone,
            currency=row.currency or None,
            default_repair_s=row.default_repair_s,
            materiality_s=row.materiality_s,
            frozen_window_s=row.frozen_window_s,
            clock_doubt_s=row.clock_doubt_s,
        )
        for row in Site.objects.filter(code__in=plants).order_by("code")
    )


def load_equipment(*, position: int, plants: Sequence[str]) -> tuple[facts.Equipment, ...]:
    """Return the equipment tree, by key."""
    rows = as_of(models.Equipment, position=position, plants=plants, also=["own"])
    return tuple(
        facts.Equipment(
            key=EquipmentKey(row.site_id, row.equipment),
            name=row.name,
            parent=row.parent or None,
            level=row.level or "work_unit",
            kind=row.kind,
            standard_cycle_s=exact(row.standard_cycle_s),
            cost_per_hour=exact(row.cost_per_hour),
            residence_s=_residence_s(row.own),
        )
        for row in rows.order_by("site_id", "equipment", "id")
    )


def _residence_s(own: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return how long material is inside, by the plant's own fields; None where they do not say.

    The contract has no such column, so a plant that makes goods in a flow adds its own two.
    """
    try:
        longest = Decimal(str(own[RESIDENCE_MAX_FIELD]).strip())
        shortest = Decimal(str(own.get(RESIDENCE_MIN_FIELD) or "0").strip())
    except (KeyError, InvalidOperation):
        return None
    if not (shortest.is_finite() and longest.is_finite() and 0 <= shortest <= longest):
        return None
    return round(shortest * 60), round(longest * 60)


def load_tools(*, position: int, plants: Sequence[str]) -> tuple[facts.Tool, ...]:
    """Return the tools, by key."""
    rows = as_of(models.Tool, position=position, plants=plants)
    return tuple(
        facts.Tool(
            key=ToolKey(row.site_id, row.tool),
            kind=row.kind or "mould",
            equipment=row.equipment or None,
            cavities=row.cavities,
            cavities_open=row.cavities_open,
            status=row.status,
            location=row.location or None,
        )
        for row in rows.order_by("site_id", "tool", "id")
    )


def load_tool_uses(*, position: int, plants: Sequence[str]) -> tuple[facts.ToolUse, ...]:
    """Return which tools serve which items, by item and tool."""
    rows = as_of(models.ToolUse, position=position, plants=plants)
    return tuple(
        facts.ToolUse(
            plant=row.site_id,
            item=row.item,
            operation=row.operation or None,
            tool=row.tool,
            equipment=row.equipment or None,
            change_s=seconds(row.change_min),
            approved=row.approved,
        )
        for row in rows.order_by("site_id", "item", "operation", "tool", "equipment", "id")
    )


def load_calendars(*, position: int, plants: Sequence[str]) -> tuple[facts.CalendarRule, ...]:
    """Return the calendar rules, by equipment and time."""
    rows = as_of(models.CalendarRule, position=position, plants=plants)
    return tuple(
        facts.CalendarRule(
            equipment=EquipmentKey(row.site_id, row.equipment),
            weekday=row.weekday,
            day=row.date,
            start=row.start,
            end=row.end,
            kind=facts.CalendarKind(row.kind),
        )
        for row in rows.order_by("site_id", "equipment", "weekday", "date", "start", "id")
    )


def load_customers(*, position: int) -> tuple[facts.Customer, ...]:
    """Return the customers, by code."""
    return tuple(
        facts.Customer(
            customer=row.customer,
            name=row.name,
            tier=row.tier or None,
            language=row.language or None,
        )
        for row in as_of(models.Customer, position=position).order_by("customer", "id")
    )


def load_ship_calendars(*, position: int, plants: Sequence[str]) -> tuple[facts.ShipCalendar, ...]:
    """Return when trucks leave, by customer and time; the plant's default first."""
    rows = as_of(models.ShipCalendar, position=position, plants=plants)
    return tuple(
        facts.ShipCalendar(
            customer=row.customer or None,
            plant=row.site_id,
            weekday=row.weekday,
            cutoff=row.cutoff,
            transit_days=number(row.transit_days),
        )
        for row in rows.order_by("site_id", "customer", "weekday", "cutoff", "id")
    )


def load_items(*, position: int) -> tuple[facts.Item, ...]:
    """Return the items, by number."""
    return tuple(
        facts.Item(
            item=row.item,
            name=row.name,
            kind=row.kind or "finished",
            uom=row.uom,
            policy=facts.ItemPolicy(row.policy or "order"),
            safety_stock=number(row.safety_stock),
            standard_cost=exact(row.standard_cost),
            lead_time_days=exact(row.lead_time_days),
            post_lead_s=seconds(row.post_lead_min) or 0,
            lot_controlled=row.lot_controlled,
        )
        for row in as_of(models.Item, position=position).order_by("item", "id")
    )


def load_units(*, position: int, plants: Sequence[str]) -> tuple[facts.UnitFactor, ...]:
    """Return the unit factors, by item and unit."""
    rows = as_of(models.UnitFactor, position=position, plants=plants)
    return tuple(
        facts.UnitFactor(
            item=row.item,
            from_uom=row.from_uom,
            to_uom=row.to_uom,
            factor=number(row.factor),
            lot=row.lot or None,
            effective_from=row.effective_from,
        )
        for row in rows.order_by("item", "from_uom", "to_uom", "lot", "effective_from", "id")
    )


def load_bom(*, position: int, plants: Sequence[str]) -> tuple[facts.BomLine, ...]:
    """Return the bills of materials, by parent and component."""
    rows = as_of(models.BomLine, position=position, plants=plants)
    return tuple(
        facts.BomLine(
            plant=row.site_id,
            parent_item=row.parent_item,
            component_item=row.component_item,
            qty_per=number(row.qty_per),
            base_qty=number(row.base_qty),
            fixed_scrap=number(row.fixed_scrap),
            scrap_ratio=number(row.scrap_ratio),
            uom=row.uom or None,
            seq=row.seq,
            alternate_group=row.alternate_group or None,
            substitute_of=row.substitute_of or None,
            is_phantom=row.is_phantom,
            effective_from=row.effective_from,
            effective_to=row.effective_to,
        )
        for row in rows.order_by("site_id", "parent_item", "component_item", "seq", "id")
    )


def load_routings(*, position: int, plants: Sequence[str]) -> tuple[facts.RoutingStep, ...]:
    """Return the routings, by item and sequence."""
    rows = as_of(models.RoutingStep, position=position, plants=plants)
    return tuple(
        facts.RoutingStep(
            plant=row.site_id,
            item=row.item,
            seq=row.seq,
            operation=row.operation,
            equipment=row.equipment or None,
            alternates=tuple(row.alternates),
            setup_s=seconds(row.setup_min) or 0,
            run_s_per_unit=None
            if row.run_min_per_unit is None
            else number(row.run_min_per_unit * 60),
            base_qty=number(row.base_qty),
            yield_ratio=number(row.yield_ratio) if row.yield_ratio is not None else Decimal(1),
            batch_size=exact(row.batch_size),
            outsourced_supplier=row.outsourced_supplier or None,
            restart=facts.RestartRule(row.restart or "resume"),
            restart_s=seconds(row.restart_min) or 0,
        )
        for row in rows.order_by("site_id", "item", "seq", "id")
    )


def load_approvals(*, position: int, plants: Sequence[str]) -> tuple[facts.Approval, ...]:
    """Return who allows which alternates, by item and alternate."""
    rows = as_of(models.Approval, position=position, plants=plants)
    return tuple(
        facts.Approval(
            plant=row.site_id,
            item=row.item,
            state=facts.ApprovalState(row.state),
            equipment=row.equipment or None,
            supplier=row.supplier or None,
            customer=row.customer or None,
            until=row.until,
        )
        for row in rows.order_by("site_id", "item", "equipment", "supplier", "customer", "id")
    )


def load_setups(*, position: int, plants: Sequence[str]) -> tuple[facts.Setup, ...]:
    """Return what changing a machine over takes, by machine and groups."""
    rows = as_of(models.Setup, position=position, plants=plants)
    return tuple(
        facts.Setup(
            plant=row.site_id,
            from_group=row.from_group,
            to_group=row.to_group,
            change_s=seconds(row.minutes) or 0,
            equipment=row.equipment or None,
        )
        for row in rows.order_by("site_id", "equipment", "from_group", "to_group", "id")
    )


def load_levers(*, position: int, plants: Sequence[str]) -> tuple[facts.Lever, ...]:
    """Return the ways to gain time, by kind, machine and supplier."""
    rows = as_of(models.Lever, position=position, plants=plants)
    return tuple(
        facts.Lever(
            plant=row.site_id,
            kind=row.kind,
            equipment=row.equipment or None,
            supplier=row.supplier or None,
            cost_per_hour=exact(row.cost_per_hour),
            fixed_cost=exact(row.fixed_cost),
            lead_time_h=exact(row.lead_time_h),
            limit=exact(row.limit),
        )
        for row in rows.order_by("site_id", "kind", "equipment", "supplier", "id")
    )
