"""Broken trace links of a plant: the list by what they hide, and mending one."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.answers.gaps import broken_links
from knockon.apps.disruptions.reason_texts import gap_text
from knockon.apps.plant.selectors import load_item_names
from knockon.apps.production.models import Lot
from knockon.apps.production.reason_texts import data_error_text
from knockon.apps.production.selectors import load_lots
from knockon.apps.production.services.mending import Mending, mend_link
from knockon.domain.access import NotAllowed, Right
from knockon.domain.broken_links import BrokenLink, LinkRepair
from knockon.domain.contract.cells import folded
from knockon.domain.errors import KnockonError
from knockon.domain.facts import LotKey
from knockon.web.lists import page_of
from knockon.web.staff import StaffRequest, staff_page
from knockon.web.subjects import lot_url, search_url
from knockon.web.wording import quantity_text

_OFFERED = 200
_NOTE_LENGTH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """A broken link in words."""

    text: str
    qty: str
    item: str
    item_name: str
    candidates: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOffer:
    """A lot that can have been meant; ``value`` names it in the form."""

    value: str
    name: str
    url: str
    item: str
    more: str


@require_safe
@staff_page(Right.VIEW_LOTS)
def gaps(request: StaffRequest) -> HttpResponse:
    """Show the broken links of the chosen plant; ``?code=`` keeps those of one kind."""
    site = _site(request)
    if site is None:
        return render(request, "gaps/gap_list.html", {"rows": [], "kinds": [], "plants": ()})
    links = broken_links(site.code, viewer=request.viewer)
    code = request.GET.get("code", "")
    chosen = [link for link in links if code in ("", link.code)]
    # A paginator takes any sequence; ours names the one it usually gets.
    shown = page_of(cast("QuerySet[Any]", chosen), number=request.GET.get("page", "1"))
    may_mend = request.viewer.may(Right.MEND, plant=site.code)
    return render(
        request,
        "gaps/gap_list.html",
        {
            **shown,
            "rows": _rows(shown["rows"], plant=site.code, may_mend=may_mend),
            "kinds": _kinds(links, code=code, plant=site.code),
            "code": code,
            "plant_chosen": site.code,
            "plants": request.sites if len(request.sites) > 1 else (),
            "may_mend": may_mend,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Right.VIEW_LOTS)
def gap_mend(request: StaffRequest) -> HttpResponse:
    """Show one broken link with the lots that it can have been, and take what somebody says."""
    site = _site(request)
    if site is None:
        raise Http404
    request.viewer.require(Right.MEND, plant=site.code)
    link = _link(request, plant=site.code)
    if link is None:
        messages.info(request, _("This link is mended, or its record was changed."))
        return redirect(search_url("gaps", plant=site.code))
    if request.method == "POST":
        try:
            mend_link(
                link,
                plant=site.code,
                mending=_mending(request),
                viewer=request.viewer,
                now=request.now,
            )
        except NotAllowed:
            raise
        except KnockonError as error:
            messages.error(request, data_error_text(error.code, error.data))
        else:
            messages.success(
                request, _("Written down. Open cases that it concerns are answered again.")
            )
            return redirect(search_url("gaps", plant=site.code))
    return render(request, "gaps/gap_mend.html", _mend_context(request, site, link))


def _site(request: StaffRequest) -> Site | None:
    """Return the chosen plant, if the viewer may see its lots; else the first where they may."""
    may = [site for site in request.sites if request.viewer.may(Right.VIEW_LOTS, plant=site.code)]
    named = request.GET.get("plant", "")
    return next((site for site in may if site.code == named), next(iter(may), None))


def _link(request: StaffRequest, *, plant: str) -> BrokenLink | None:
    wanted = tuple(request.GET.get(name, "") for name in ("code", "where", "source", "event"))
    return next(
        (
            link
            for link in broken_links(plant, viewer=request.viewer)
            if (link.code, link.where, link.source, link.event_id) == wanted
            and link.repair is not None
        ),
        None,
    )


def _rows(links: Sequence[BrokenLink], *, plant: str, may_mend: bool) -> list[GapRow]:
    names = load_item_names(sorted({link.item for link in links if link.item}))
    return [
        GapRow(
            text=gap_text(link.code, where=_place(link)),
            qty=quantity_text(link.qty, link.uom),
            item=link.item,
            item_name=names.get(link.item, ""),
            candidates=len(link.inputs),
            url=_mend_url(link, plant=plant) if may_mend and link.repair else "",
        )
        for link in links
    ]


def _place(link: BrokenLink) -> str:
    """Return where it is, as people name it: without who issued the lot."""
    return link.where.strip("/")


def _mend_url(link: BrokenLink, *, plant: str) -> str:
    return search_url(
        "gap_mend",
        plant=plant,
        code=link.code,
        where=link.where,
        source=link.source,
        event=link.event_id,
    )


def _kinds(links: Iterable[BrokenLink], *, code: str, plant: str) -> list[dict[str, Any]]:
    """Return how many links of each kind there are, the most first, as a filter."""
    counts = Counter(link.code for link in links)
    return [
        {
            "code": name,
            # The sentence of a kind without its place.
            "text": gap_text(name, where="\N{HORIZONTAL ELLIPSIS}"),
            "count": count,
            "is_chosen": name == code,
            "url": search_url("gaps", plant=plant, code=name),
        }
        for name, count in counts.most_common()
    ]


def _mending(request: StaffRequest) -> Mending:
    fields = request.POST
    return Mending(
        used=_lot(fields.get("used_other", "")) or _lot(fields.get("used", "")),
        became=_lot(fields.get("became", "")),
        at=_instant(fields.get("at", "")),
        qty=_amount(fields.get("qty", "")),
        is_whole=fields.get("how") == "relabel",
        note=fields.get("note", "").strip()[:_NOTE_LENGTH],
    )


def _lot(text: str) -> LotKey | None:
    """Return the lot a field names: its number, or issuer, item and number."""
    name = folded(text)
    if not name:
        return None
    parts = name.split("/", 2)
    return LotKey(*parts) if len(parts) == 3 else LotKey("", "", name)


def _instant(value: str) -> datetime | None:
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise BadRequest from error
    return (timezone.make_aware(at) if timezone.is_naive(at) else at).astimezone(UTC)


def _amount(value: str) -> Decimal | None:
    if not value:
        return None
    try:
        amount = Decimal(folded(value).replace(",", ""))
    except InvalidOperation as error:
        raise BadRequest from error
    if not amount.is_finite():
        raise BadRequest
    return amount


def _mend_context(request: StaffRequest, site: Site, link: BrokenLink) -> dict[str, Any]:
    inputs = link.inputs[:_OFFERED]
    outputs = link.outputs[:_OFFERED]
    described = _described([*inputs, *outputs], request)
    first = next((described[key].made_at for key in outputs if key in described), None)
    return {
        "text": gap_text(link.code, where=_place(link)),
        "qty": quantity_text(link.qty, link.uom),
        "amount": format(link.qty.normalize(), "f") if link.qty is not None else "",
        "item": link.item,
        "item_name": load_item_names([link.item]).get(link.item, ""),
        "work_order": link.work_order,
        "plant": site.code,
        "url": _mend_url(link, plant=site.code),
        "back": search_url("gaps", plant=site.code),
        "repair": link.repair.value if link.repair else "",
        "inputs": [_offer(key, described) for key in inputs],
        "outputs": [_offer(key, described) for key in outputs],
        "is_cut": len(link.inputs) > _OFFERED,
        "asks_output": link.repair in (LinkRepair.NAME_CONSUMPTION, LinkRepair.ADD_CONSUMPTION),
        "asks_qty": link.repair in (LinkRepair.ADD_CONSUMPTION, LinkRepair.NAME_ORIGIN),
        "asks_time": link.repair is not LinkRepair.NAME_SHIPMENT,
        "needs_time": link.repair is LinkRepair.NAME_ORIGIN,
        "asks_how": link.repair is LinkRepair.NAME_ORIGIN,
        "at": first,
        "given": request.POST,
    }


def _described(keys: Sequence[LotKey], request: StaffRequest) -> dict[LotKey, Lot]:
    rows = load_lots(viewer=request.viewer).filter(lot__in={key.lot for key in keys})
    return {LotKey(row.issuer, row.item, row.lot): row for row in rows}


def _offer(key: LotKey, described: dict[LotKey, Lot]) -> LotOffer:
    row = described.get(key)
    parts = [row.supplier_lot, row.supplier] if row is not None else []
    if row is not None and row.made_at is not None:
        parts.append(timezone.localtime(row.made_at).strftime("%Y-%m-%d %H:%M"))
    return LotOffer(
        value="/".join(key),
        name=key.lot,
        url=lot_url(key),
        item=key.item,
        more=" · ".join(part for part in parts if part),
    )
