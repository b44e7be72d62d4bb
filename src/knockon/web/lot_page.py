"""What the lot search and the page of one lot show."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.answers.genealogy import LotGenealogy, trace_lot
from knockon.apps.disruptions.reason_texts import gap_text, place_text
from knockon.apps.disruptions.selectors import load_cases_of_lot
from knockon.apps.plant.selectors import load_item_names
from knockon.apps.production.models import Inspection, Lot, Receipt, Shipment, Stock
from knockon.apps.production.selectors import (
    load_lot,
    load_lot_events,
    load_lot_rows,
    load_lots,
)
from knockon.domain.access import Right, Viewer
from knockon.domain.contract.cells import folded
from knockon.domain.errors import KnockonError
from knockon.domain.facts import LotKey
from knockon.web.genealogy import genealogy_picture, genealogy_rows
from knockon.web.lists import page_of
from knockon.web.subjects import lot_url
from knockon.web.wording import quantity_text

_SHOWN = 200
_STATUSES = {
    "released": pgettext_lazy("lot", "Released"),
    "hold": pgettext_lazy("lot", "On hold"),
    "quarantine": pgettext_lazy("lot", "Quarantine"),
    "scrapped": pgettext_lazy("lot", "Scrapped"),
}
_EVENTS = {
    "relabel": pgettext_lazy("lot event", "Relabelled"),
    "split": pgettext_lazy("lot event", "Split"),
    "merge": pgettext_lazy("lot event", "Merged"),
    "aggregate": pgettext_lazy("lot event", "Packed"),
    "disaggregate": pgettext_lazy("lot event", "Unpacked"),
    "clean": pgettext_lazy("lot event", "Cleaned"),
    "scrap": pgettext_lazy("lot event", "Scrapped"),
    "unscrap": pgettext_lazy("lot event", "Scrapping taken back"),
    "reverse": pgettext_lazy("lot event", "Reversed"),
    "correct": pgettext_lazy("lot event", "Corrected"),
}


def lot_list_context(
    *, viewer: Viewer, sites: Sequence[Site], text: str, plant: str, page: str
) -> dict[str, Any]:
    """Return the lots that a search finds; every word must be in one of its names.

    Words are compared as keys are: a number in full-width signs finds the same lot.
    """
    rows = load_lots(viewer=viewer)
    if plant:
        rows = rows.filter(site_id=plant)
    for word in folded(text).split():
        rows = rows.filter(
            Q(lot__icontains=word)
            | Q(supplier_lot__icontains=word)
            | Q(item__icontains=word)
            | Q(work_order__icontains=word)
        )
    shown = page_of(rows, number=page)
    names = load_item_names(sorted({row.item for row in shown["rows"]}))
    return {
        **shown,
        "rows": [_list_row(row, names.get(row.item, "")) for row in shown["rows"]],
        "text": text,
        "plant_chosen": plant,
        "plants": sites if len(sites) > 1 else (),
    }


def lot_context(rest: str, *, is_forward: bool, viewer: Viewer) -> dict[str, Any]:
    """Return everything the page of one lot shows.

    Raises
    ------
    LotUnknown
        There is none, or not for this viewer.
    """
    row = load_lot(rest, viewer=viewer)
    key = LotKey(row.issuer, row.item, row.lot)
    genealogy = _genealogy(key, is_forward=is_forward, viewer=viewer)
    may_see_orders = viewer.may(Right.VIEW_ORDERS, plant=row.site_id)
    return {
        "lot": row,
        "item_name": load_item_names([row.item]).get(row.item, ""),
        "qty": quantity_text(row.qty, row.uom),
        "status": str(_STATUSES.get(row.status, row.status)),
        "is_held": row.status in {"hold", "quarantine"},
        "picture": genealogy_picture(key, genealogy, is_forward=is_forward) if genealogy else None,
        "genealogy_rows": genealogy_rows(genealogy) if genealogy else [],
        "is_whole": genealogy.is_whole if genealogy else True,
        "elsewhere": genealogy.elsewhere if genealogy else 0,
        "gaps": [gap_text(gap.code, where=gap.where) for gap in genealogy.gaps[:_SHOWN]]
        if genealogy
        else [],
        "stock": [
            {
                "place": place_text(each.place),
                "where": " ".join(part for part in (each.warehouse, each.location) if part),
                "qty": quantity_text(each.qty, each.uom),
            }
            for each in load_lot_rows(Stock, row, viewer=viewer).order_by("place", "id")[:_SHOWN]
        ],
        "inspections": load_lot_rows(Inspection, row, viewer=viewer).order_by("-at", "id")[:_SHOWN],
        "receipts": load_lot_rows(Receipt, row, viewer=viewer).order_by("-received_on", "id")[
            :_SHOWN
        ],
        "shipments": load_lot_rows(Shipment, row, viewer=viewer).order_by("-shipped_at", "id")[
            :_SHOWN
        ]
        if may_see_orders
        else [],
        "events": [
            {**event, "text": str(_EVENTS.get(event["kind"], event["kind"]))}
            for event in load_lot_events(row)
        ],
        "cases": list(load_cases_of_lot(key, viewer=viewer)),
    }


def _genealogy(key: LotKey, *, is_forward: bool, viewer: Viewer) -> LotGenealogy | None:
    """Return the lot's genealogy; None when no fact names the lot besides its own row."""
    try:
        return trace_lot(key, is_forward=is_forward, viewer=viewer)
    except KnockonError as error:
        if error.code != "unknown_lot":
            raise
        return None


def _list_row(row: Lot, item_name: str) -> dict[str, Any]:
    return {
        "name": row.lot,
        "url": lot_url(LotKey(row.issuer, row.item, row.lot)),
        "issuer": row.issuer or _("not recorded"),
        "item": row.item,
        "item_name": item_name,
        "qty": quantity_text(row.qty, row.uom),
        "supplier_lot": row.supplier_lot,
        "work_order": row.work_order,
        "made_at": row.made_at,
        "status": str(_STATUSES.get(row.status, row.status)),
        "plant": row.site_id,
    }
