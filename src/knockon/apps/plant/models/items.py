"""Items, what they are made of, and how."""

from django.db import models
from django.db.models import Q

from knockon.apps.journal.models import Versioned
from knockon.apps.plant.models.rows import (
    SiteVersioned,
    current,
    key,
    moment,
    quantity,
    some_quantity,
    text,
)


class Item(Versioned):
    """Anything with an item number; the same in every plant."""

    item = key()
    name = text()
    spec = text(500)
    kind = key()
    uom = key()
    policy = key()
    safety_stock = quantity(default=0)
    standard_cost = some_quantity()
    price = some_quantity()
    revision = key()
    lead_time_days = some_quantity()
    post_lead_min = some_quantity()
    lot_controlled = models.BooleanField(default=True)

    class Meta(Versioned.Meta):
        constraints = [
            *Versioned.Meta.constraints,
            current("item", name="item_key"),
        ]

    def __str__(self) -> str:
        return self.item


class UnitFactor(SiteVersioned):
    """``1 from_uom = factor to_uom``, for an item or one lot, from an instant on."""

    item = key()
    from_uom = key()
    to_uom = key()
    factor = models.DecimalField(max_digits=30, decimal_places=12)
    lot = key()
    effective_from = moment()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "item", "from_uom", "to_uom", "lot", "effective_from", name="unit_key"),
            models.CheckConstraint(condition=Q(factor__gt=0), name="unit_factor_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.from_uom}>{self.to_uom}"


class BomLine(SiteVersioned):
    """A component of an item: ``qty_per / base_qty * (1 + scrap_ratio) + fixed_scrap``."""

    parent_item = key()
    component_item = key()
    qty_per = quantity()
    base_qty = quantity(default=1)
    fixed_scrap = quantity(default=0)
    scrap_ratio = quantity(default=0)
    uom = key()
    seq = models.IntegerField(null=True)
    alternate_group = key()
    substitute_of = key()
    is_phantom = models.BooleanField(default=False)
    revision = key()
    effective_from = moment()
    effective_to = moment()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current(
                "site",
                "parent_item",
                "component_item",
                "seq",
                "revision",
                "effective_from",
                name="bom_key",
            ),
            models.CheckConstraint(condition=Q(base_qty__gt=0), name="bom_base_qty_positive"),
            models.CheckConstraint(
                condition=Q(effective_from=None)
                | Q(effective_to=None)
                | Q(effective_from__lte=models.F("effective_to")),
                name="bom_effective_in_order",
            ),
        ]
        indexes = [models.Index(fields=["site", "component_item"], name="bom_where_used")]

    def __str__(self) -> str:
        return f"{self.parent_item} < {self.component_item}"


class RoutingStep(SiteVersioned):
    """One operation of an item's routing."""

    item = key()
    seq = models.IntegerField()
    operation = key()
    equipment = key()
    alternates = models.JSONField(default=list)
    setup_min = some_quantity()
    run_min_per_unit = some_quantity()
    base_qty = quantity(default=1)
    crew = key()
    yield_ratio = some_quantity()
    batch_size = some_quantity()
    outsourced_supplier = key()
    restart = key()
    restart_min = some_quantity()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "item", "seq", name="routing_key"),
            models.CheckConstraint(condition=Q(base_qty__gt=0), name="routing_base_qty_positive"),
            models.CheckConstraint(
                condition=Q(yield_ratio=None) | Q(yield_ratio__gt=0, yield_ratio__lte=1),
                name="routing_yield",
            ),
            models.CheckConstraint(
                condition=Q(restart__in=["", "resume", "restart", "lost"]), name="routing_restart"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.seq}"


class Approval(SiteVersioned):
    """Who allows which alternate machine or supplier for an item."""

    item = key()
    equipment = key()
    supplier = key()
    customer = key()
    state = key()
    until = models.DateField(null=True)

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "item", "equipment", "supplier", "customer", name="approval_key"),
            models.CheckConstraint(
                condition=Q(state__in=["approved", "notify_first", "forbidden"]),
                name="approval_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.equipment or self.supplier} {self.state}"
