"""Customers, suppliers and the trucks between."""

from django.db import models
from django.db.models import Q

from knockon.apps.journal.models import Versioned
from knockon.apps.plant.models.rows import SiteVersioned, current, key, quantity, text


class Customer(Versioned):
    """A customer; the same in every plant."""

    customer = key()
    name = text()
    tier = key()
    email = text(254)
    language = key()
    account_manager = key()
    notice_policy = key()
    max_date_codes = models.PositiveSmallIntegerField(null=True)

    class Meta(Versioned.Meta):
        constraints = [*Versioned.Meta.constraints, current("customer", name="customer_key")]

    def __str__(self) -> str:
        return self.customer


class ShipCalendar(SiteVersioned):
    """When the truck to a customer leaves; an empty customer is the plant's default."""

    customer = key()
    weekday = models.PositiveSmallIntegerField()
    cutoff = models.TimeField()
    transit_days = quantity(default=0)

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "customer", "weekday", "cutoff", name="ship_calendar_key"),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), transit_days__gte=0), name="ship_calendar_values"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer or '*'} {self.weekday} {self.cutoff:%H:%M}"


class Supplier(Versioned):
    """A supplier; the same for every plant."""

    supplier = key()
    name = text()
    email = text(254)

    class Meta(Versioned.Meta):
        constraints = [*Versioned.Meta.constraints, current("supplier", name="supplier_key")]

    def __str__(self) -> str:
        return self.supplier
