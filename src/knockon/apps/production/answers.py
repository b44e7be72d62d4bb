"""What the data at hand can answer, and what is missing for the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

from knockon.apps.accounts.selectors import load_sites
from knockon.apps.plant import models as plant
from knockon.apps.plant.snapshot import as_of
from knockon.apps.production import models
from knockon.apps.production.snapshot import latest_snapshot
from knockon.domain.access import Right, Viewer
from knockon.domain.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One question people ask, and whether the plant's data can answer it.

    ``grade`` is ``yes``, ``partly`` or ``no``; ``missing`` says what to bring.
    """

    plant: str
    question: str
    grade: str
    missing: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Need:
    """A table or column that a question stands on; ``is_vital`` ones make it unanswerable.

    ``instead`` is a column that serves as well where the first one is empty.
    """

    table: str
    column: str | None = None
    instead: str | None = None
    is_vital: bool = False


_MODELS: dict[str, type[Model]] = {
    "equipment": plant.Equipment,
    "bom": plant.BomLine,
    "routings": plant.RoutingStep,
    "customers": plant.Customer,
    "ship_calendars": plant.ShipCalendar,
    "calendars": plant.CalendarRule,
    "items": plant.Item,
    "sales_orders": models.OrderLine,
    "work_orders": models.WorkOrder,
    "operations": models.Operation,
    "schedule": models.PlannedOperation,
    "allocations": models.Allocation,
    "lots": models.Lot,
    "consumption": models.Consumption,
    "stock": models.Stock,
    "shipments": models.Shipment,
    "requirements": models.Requirement,
    "purchase_orders": models.PurchaseOrder,
    "receipts": models.Receipt,
    "inspections": models.Inspection,
    "stops": models.Stop,
    "work_reports": models.WorkReport,
}

_NAMES_IN_FILES = {"schedule": "operations"}
"""A file brings the plan with its operations."""

_QUESTIONS: dict[str, tuple[_Need, ...]] = {
    "machine_to_orders": (
        _Need(table="schedule", column="equipment", is_vital=True),
        _Need(table="sales_orders", is_vital=True),
        _Need(table="work_orders", is_vital=True),
        _Need(table="work_orders", column="order", instead="parent_work_order"),
        _Need(table="schedule", column="planned_start"),
    ),
    "how_late": (
        _Need(table="schedule", column="planned_finish", is_vital=True),
        _Need(table="sales_orders", is_vital=True),
        _Need(table="calendars"),
        _Need(table="ship_calendars"),
        _Need(table="sales_orders", column="promised_at"),
    ),
    "lot_to_customers": (
        _Need(table="lots", is_vital=True),
        _Need(table="consumption", is_vital=True),
        _Need(table="shipments", column="lot", is_vital=True),
        _Need(table="consumption", column="output_lot"),
        _Need(table="consumption", column="at"),
    ),
    "supplier_lot": (
        _Need(table="lots", column="supplier_lot", is_vital=True),
        _Need(table="consumption", is_vital=True),
        _Need(table="receipts", column="lot"),
    ),
    "where_is_material": (
        _Need(table="stock", column="lot", is_vital=True),
        _Need(table="shipments", column="lot"),
        _Need(table="lots", column="qty"),
    ),
    "who_starves": (
        _Need(table="stock", is_vital=True),
        _Need(table="requirements", is_vital=True),
        _Need(table="purchase_orders"),
        _Need(table="bom"),
    ),
    "repair_time": (_Need(table="stops", column="end", is_vital=True),),
    "who_to_call": (
        _Need(table="customers", is_vital=True),
        _Need(table="customers", column="tier"),
        _Need(table="sales_orders", column="customer_order"),
    ),
    "money_at_risk": (_Need(table="sales_orders", column="unit_price", is_vital=True),),
}
"""What each question stands on; the machine-to-order link comes first, because all else needs it."""


def doctor(*, viewer: Viewer) -> tuple[Verdict, ...]:
    """Say, for each plant the viewer may look at, which questions its data can answer."""
    verdicts: list[Verdict] = []
    for site in load_sites(viewer=viewer, right=Right.VIEW_BOARD):
        position = latest_snapshot([site.code]).position
        for question, needs in _QUESTIONS.items():
            verdicts.append(_verdict(site.code, question, needs, position=position))
    return tuple(verdicts)


def columns_asked(table: str) -> Mapping[str, str]:
    """Return the columns of a contract table without which a question has no answer.

    Each comes with the first question that asks for it, in the order of the questions.
    """
    asked: dict[str, str] = {}
    for question, needs in _QUESTIONS.items():
        for need in needs:
            named = _NAMES_IN_FILES.get(need.table, need.table)
            if named == table and need.is_vital and need.column is not None:
                asked.setdefault(need.column, question)
    return asked


def verdict_on(question: str, *, plant: str) -> Verdict:
    """Say whether the plant's data can answer one question."""
    position = latest_snapshot([plant]).position
    return _verdict(plant, question, _QUESTIONS[question], position=position)


def _verdict(site: str, question: str, needs: tuple[_Need, ...], *, position: int) -> Verdict:
    missing: list[Reason] = []
    grade = "yes"
    for need in needs:
        rows, filled = _filled(need, site=site, position=position)
        if rows and filled == rows:
            continue
        if not filled:
            grade = "no" if need.is_vital else ("no" if grade == "no" else "partly")
        elif grade == "yes":
            grade = "partly"
        missing.append(_reason(need, rows=rows, filled=filled))
    return Verdict(plant=site, question=question, grade=grade, missing=tuple(missing))


def _filled(need: _Need, *, site: str, position: int) -> tuple[int, int]:
    """Return how many rows there are and how many say what is needed."""
    model: Any = _MODELS[need.table]
    has_site = any(field.name == "site" for field in model._meta.concrete_fields)
    rows = as_of(model, position=position, plants=[site] if has_site else None)
    count = rows.count()
    if need.column is None or not count:
        return count, count
    empty = Q(**_empty(model, need.column))
    if need.instead is not None:
        empty &= Q(**_empty(model, need.instead))
    return count, rows.exclude(empty).count()


def _empty(model: type[Model], column: str) -> dict[str, str | None]:
    kind = model._meta.get_field(column).get_internal_type()
    return {column: "" if kind == "CharField" else None}


def _reason(need: _Need, *, rows: int, filled: int) -> Reason:
    params = {"table": need.table, "column": need.column, "rows": rows, "filled": filled}
    if not rows:
        return Reason(code="table_missing", params=params)
    return Reason(code="column_missing" if not filled else "column_thin", params=params)
