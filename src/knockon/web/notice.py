"""Pasting a supplier's notice: what it names, where that is, whom it would hit, and one button."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from knockon.apps.disruptions.answers.notices import foresee, read
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.apps.plant.selectors import load_item_names
from knockon.domain.access import Right
from knockon.domain.disruptions import DisruptionKind, Scope
from knockon.domain.errors import KnockonError
from knockon.domain.facts import LotKey
from knockon.domain.notice import KnownLot, NoticeNumber, NoticeReading
from knockon.web import impact_rows
from knockon.web.staff import StaffRequest, staff_page, use_site
from knockon.web.subjects import lot_url
from knockon.web.wording import error_text

MOST_CHARACTERS = 20_000
_NOTE_LENGTH = 4000
_MOST_LOTS = 200
_ORDERS_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPick:
    """A lot that may be meant; ``value`` names it in the form."""

    value: str
    name: str
    url: str
    item: str
    item_name: str
    supplier: str
    supplier_lot: str
    plant: str
    is_picked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRow:
    """A number of the text with the lots it may mean."""

    number: str
    is_sure: bool
    lots: tuple[LotPick, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """Whom a case of the picked lots of one plant would hit; the picked items stand first."""

    plant: str
    may_see_orders: bool
    balances: Sequence[impact_rows.BalanceRow]
    orders: Sequence[impact_rows.OrderRow]
    order_count: int


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Right.VIEW_LOTS)
def notice(request: StaffRequest) -> HttpResponse:
    """Read a pasted text; with ``open`` open a case for each plant of the picked lots."""
    text = request.POST.get("text", "")
    reading = read(text[:MOST_CHARACTERS], viewer=request.viewer) if text.strip() else None
    context: dict[str, Any] = {
        "text": text[:MOST_CHARACTERS],
        "most": MOST_CHARACTERS,
        "is_cut": len(text) > MOST_CHARACTERS,
    }
    if reading is None:
        return render(request, "notice/notice_show.html", context)
    is_asked = "asked" in request.POST
    chosen = set(request.POST.getlist("lot")) if is_asked else None
    picked = _picked(reading, chosen=chosen)
    if "open" in request.POST and picked:
        opened = _open(request, picked=picked, text=text)
        if opened is not None:
            return redirect("disruption", pk=opened)
    return render(
        request, "notice/notice_show.html", {**context, **_found(request, reading, picked=picked)}
    )


def _picked(reading: NoticeReading, *, chosen: Collection[str] | None) -> list[KnownLot]:
    """Return the lots that are meant: as chosen, at first those that the text names for sure."""
    lots = {
        _value(lot): lot
        for number in reading.numbers
        for lot in number.lots
        if (number.is_sure if chosen is None else _value(lot) in chosen)
    }
    return list(lots.values())[:_MOST_LOTS]


def _value(lot: KnownLot) -> str:
    """Return the lot's name in the form; keys may hold any sign."""
    return json.dumps([lot.plant, *lot.key], ensure_ascii=False)


def _open(request: StaffRequest, *, picked: Sequence[KnownLot], text: str) -> int | None:
    """Open a case of the picked lots in each of their plants; return the first case's number."""
    first: int | None = None
    for plant, lots in _by_plant(picked).items():
        scope = Scope(plant=plant, lots=tuple(sorted(lots)))
        named = json.dumps([text.strip(), *map(list, scope.lots)], ensure_ascii=False)
        try:
            row = open_disruption(
                OpeningRequest(
                    kind=DisruptionKind.MATERIAL,
                    scope=scope,
                    origin="notice",
                    origin_key=hashlib.sha256(named.encode()).hexdigest(),
                    note=text.strip()[:_NOTE_LENGTH],
                ),
                viewer=request.viewer,
                now=request.now,
            )
        except KnockonError as error:
            messages.error(request, error_text(error))
            continue
        first = first or row.pk
    return first


def _by_plant(lots: Sequence[KnownLot]) -> dict[str, list[LotKey]]:
    found: dict[str, list[LotKey]] = {}
    for lot in lots:
        found.setdefault(lot.plant, []).append(lot.key)
    return dict(sorted(found.items()))


def _found(
    request: StaffRequest, reading: NoticeReading, *, picked: Sequence[KnownLot]
) -> dict[str, Any]:
    items = {lot.key.item for number in reading.numbers for lot in number.lots}
    names = load_item_names(sorted(items | set(reading.items)))
    by_plant = _by_plant(picked)
    if by_plant:
        use_site(request, next(iter(by_plant)))
    return {
        "is_read": True,
        "numbers": [
            _number_row(each, names=names, picked=frozenset(map(_value, picked)))
            for each in reading.numbers
        ],
        "items": [
            {"item": item, "name": names.get(item, "")}
            for item in reading.items
            if item not in items
        ],
        "unknown": reading.unknown,
        "plants": request.sites if len(request.sites) > 1 else (),
        "foreseen": [
            _foreseen(request, plant=plant, lots=lots) for plant, lots in by_plant.items()
        ],
        "may_open": all(request.viewer.may(Right.REPORT, plant=plant) for plant in by_plant)
        and bool(by_plant),
    }


def _number_row(
    number: NoticeNumber, *, names: dict[str, str], picked: Collection[str]
) -> NumberRow:
    return NumberRow(
        number=number.number,
        is_sure=number.is_sure,
        lots=tuple(
            LotPick(
                value=_value(lot),
                name=lot.key.lot,
                url=lot_url(lot.key),
                item=lot.key.item,
                item_name=names.get(lot.key.item, ""),
                supplier=lot.supplier or lot.key.issuer or _("not recorded"),
                supplier_lot=lot.supplier_lot,
                plant=lot.plant,
                is_picked=_value(lot) in picked,
            )
            for lot in number.lots[:_MOST_LOTS]
        ),
    )


def _foreseen(request: StaffRequest, *, plant: str, lots: Sequence[LotKey]) -> Foreseen:
    document = foresee(lots, plant=plant, viewer=request.viewer, now=request.now)
    hit, _moved = impact_rows.hit_and_moved(document)
    own = {lot.item for lot in lots}
    balances = impact_rows.balance_rows(document)
    return Foreseen(
        plant=plant,
        may_see_orders=request.viewer.may(Right.VIEW_ORDERS, plant=plant),
        balances=sorted(balances, key=lambda row: row.item not in own),
        orders=impact_rows.order_rows(document, hit[:_ORDERS_SHOWN], plant=plant),
        order_count=len(hit),
    )
