"""The suspect window of a case: what is in force, every other choice with its price, and undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from knockon.apps.disruptions.answers.windows import CaseWindows, case_windows
from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.reason_texts import kind_text
from knockon.apps.disruptions.reason_texts.windows import evidence_text
from knockon.apps.disruptions.selectors import (
    OPEN_STATES,
    ImpactMissing,
    load_disruption,
    load_impact,
    load_scope_version,
)
from knockon.apps.disruptions.services.moving import MoveRefused
from knockon.apps.disruptions.services.window_rules import ReasonMissing
from knockon.apps.disruptions.services.windows import (
    ChosenWindow,
    NothingToUndo,
    former_window,
    set_window,
    undo_window,
)
from knockon.domain.access import Right, Viewer
from knockon.domain.scope_values import ScopeInvalid
from knockon.domain.suspect_window import (
    EvidenceKind,
    HitLine,
    HitLot,
    WindowChoice,
    WindowCost,
    WindowEdge,
    WindowSubject,
)
from knockon.web.staff import StaffRequest, staff_page, use_site
from knockon.web.subjects import lot_url, order_url
from knockon.web.wording import error_text, quantity_text

WITH_WINDOW = ("quality", "method", "complaint")
"""Kinds of cases of which the suspect window is shown."""
_NAMES_SHOWN = 100
_NOTE_LENGTH = 2000
_EVIDENCE = frozenset(kind.value for kind in EvidenceKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedHit:
    """A lot or order line that a choice adds or frees, with its page."""

    name: str
    url: str
    more: str
    link_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPart:
    """What a choice adds or frees of one kind: ``text`` counts it, ``hits`` name it."""

    is_added: bool
    text: str
    hits: tuple[NamedHit, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRow:
    """One edge, or whole window, that may be taken; ``name`` tells it from the others."""

    name: str
    at: datetime | None
    text: str
    link_class: str
    is_chosen: bool
    is_proposed: bool
    is_narrower: bool
    costs: tuple[CostPart, ...]
    start: str
    end: str
    evidence: str


@require_safe
@staff_page(Right.VIEW_LOTS)
def disruption_window(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Show the suspect window of a case on a page of its own."""
    return render(request, "disruptions/disruption_window.html", _context(request, pk))


@require_safe
@staff_page(Right.VIEW_LOTS)
def disruption_window_choices(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Show the suspect window alone, for the case's page."""
    return render(request, "disruptions/_window_choices.html", _context(request, pk))


@require_POST
@staff_page(Right.VIEW_LOTS)
def disruption_window_set(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Take the window that the form names; leaving something out needs a reason."""
    row = load_disruption(pk, viewer=request.viewer)
    use_site(request, row.site_id)
    fields = request.POST
    evidence = fields.get("evidence", "")
    try:
        window = ChosenWindow(
            subject=_subject(request, row),
            start=_instant(fields.get("start", "")),
            end=_instant(fields.get("end", "")),
            evidence=evidence if evidence in _EVIDENCE else "",
            note=fields.get("note", "").strip()[:_NOTE_LENGTH],
        )
        set_window(row.pk, window=window, viewer=request.viewer, now=request.now)
    except (ScopeInvalid, ReasonMissing, MoveRefused, ImpactMissing) as error:
        messages.error(request, error_text(error))
    return redirect(_back(request, pk))


@require_POST
@staff_page(Right.VIEW_LOTS)
def disruption_window_undo(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Take the last change of the window back."""
    try:
        undo_window(pk, viewer=request.viewer, now=request.now)
    except NothingToUndo as error:
        messages.error(request, error_text(error))
    return redirect(_back(request, pk))


def _back(request: StaffRequest, pk: int) -> str:
    """Return the page the form stood on."""
    is_on_case = request.POST.get("from") == "case"
    return reverse("disruption" if is_on_case else "disruption_window", kwargs={"pk": pk})


def _subject(request: StaffRequest, row: Disruption) -> WindowSubject | None:
    """Return whose work the form means; None leaves only the named lots."""
    place = request.POST.get("by", "")
    if place == "lots":
        return None
    if not place.isdecimal():
        raise BadRequest
    known = case_windows(row.pk, viewer=request.viewer, place=int(place)).subjects
    if int(place) >= len(known):
        raise BadRequest
    return known[int(place)]


def _instant(value: str) -> datetime | None:
    """Return the instant of a field; one without zone is the plant's clock."""
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise ScopeInvalid(field="start", value=value[:80]) from error
    return (timezone.make_aware(at) if timezone.is_naive(at) else at).astimezone(UTC)


def _context(request: StaffRequest, pk: int) -> dict[str, Any]:
    viewer = request.viewer
    row = load_disruption(pk, viewer=viewer)
    use_site(request, row.site_id)
    place = request.GET.get("by", "")
    base = {
        "case": row,
        "kind": kind_text(row.kind),
        "has_window": row.kind in WITH_WINDOW,
        "is_on_case": request.GET.get("from") == "case",
        "may_set": row.state in OPEN_STATES and viewer.may(Right.ESTIMATE, plant=row.site_id),
        "may_see_lots": viewer.may(Right.VIEW_LOTS, plant=row.site_id),
        "may_undo": former_window(row.pk) is not None,
    }
    if row.kind not in WITH_WINDOW:
        return base
    try:
        is_computing = load_impact(row.pk).scope_id != load_scope_version(row.pk).pk
        found = case_windows(row.pk, viewer=viewer, place=int(place) if place.isdecimal() else 0)
    except ImpactMissing:
        return {**base, "is_computing": True}
    return {**base, "is_computing": is_computing, **_shown(found, row, viewer=viewer)}


def _shown(found: CaseWindows, row: Disruption, *, viewer: Viewer) -> dict[str, Any]:
    weighed = found.weighed
    alone = weighed.named_only
    may_see_orders = viewer.may(Right.VIEW_ORDERS, plant=row.site_id)

    def rows(choices: Sequence[WindowChoice], *, is_start: bool) -> list[ChoiceRow]:
        return [
            _choice_row(
                each,
                name=f"{'start' if is_start else 'end'}-{number}",
                is_start=is_start,
                may_see_orders=may_see_orders,
            )
            for number, each in enumerate(choices, start=1)
        ]

    return {
        "subject": _subject_text(weighed.subject) if weighed.subject else "",
        "subjects": [
            {"place": place, "text": _subject_text(each), "is_chosen": place == found.place}
            for place, each in enumerate(found.subjects)
        ],
        "place": found.place,
        "start": weighed.start,
        "start_text": evidence_text(weighed.start, is_start=True) if weighed.start else "",
        "end": weighed.end,
        "end_text": evidence_text(weighed.end, is_start=False) if weighed.end else "",
        "lots": weighed.lots,
        "lines": weighed.lines,
        "starts": rows(weighed.starts, is_start=True),
        "ends": rows(weighed.ends, is_start=False),
        "ends_by": evidence_text(weighed.proposal.end, is_start=False)
        if weighed.proposal and not weighed.subject
        else "",
        "ends_at": weighed.proposal.end.at if weighed.proposal else None,
        "named_only": _choice_row(alone, name="lots", is_start=True, may_see_orders=may_see_orders)
        if alone
        else None,
        "is_known": weighed.proposal is not None,
    }


def _subject_text(subject: WindowSubject) -> str:
    names = [*subject.equipment, *([subject.tool] if subject.tool else [])]
    # A list in words differs by language only in its comma.
    text = _(", ").join(names)
    return f"{text} #{subject.cavity}" if subject.cavity else text


def _choice_row(
    choice: WindowChoice, *, name: str, is_start: bool, may_see_orders: bool
) -> ChoiceRow:
    edge: WindowEdge | None = choice.by_start if is_start else choice.by_end
    return ChoiceRow(
        name=name,
        at=edge.at if edge else None,
        text=evidence_text(edge, is_start=is_start) if edge else "",
        link_class=edge.link_class.name if edge else "",
        is_chosen=choice.is_chosen,
        is_proposed=choice.is_proposed,
        is_narrower=choice.is_narrower,
        costs=_costs(choice.cost, may_see_orders=may_see_orders),
        start=choice.start.isoformat() if choice.start else "",
        end=choice.end.isoformat() if choice.end else "",
        evidence=edge.kind.value if edge else "",
    )


def _costs(cost: WindowCost, *, may_see_orders: bool) -> tuple[CostPart, ...]:
    parts = [
        _lot_part(cost.added_lots, is_added=True),
        _line_part(cost.added_lines, is_added=True, may_see_orders=may_see_orders),
        _lot_part(cost.freed_lots, is_added=False),
        _line_part(cost.freed_lines, is_added=False, may_see_orders=may_see_orders),
    ]
    return tuple(part for part in parts if part is not None)


def _lot_part(lots: Sequence[HitLot], *, is_added: bool) -> CostPart | None:
    if not lots:
        return None
    count = len(lots)
    if is_added:
        text = ngettext("adds %(count)s lot", "adds %(count)s lots", count)
    else:
        text = ngettext("frees %(count)s lot", "frees %(count)s lots", count)
    return CostPart(
        is_added=is_added,
        text=_with_quantity(text % {"count": count}, [(lot.qty, lot.uom) for lot in lots]),
        hits=tuple(
            NamedHit(
                name=lot.key.lot,
                url=lot_url(lot.key),
                more=f"{lot.key.item} {quantity_text(lot.qty, lot.uom)}",
                link_class=lot.link_class.name,
            )
            if lot.key.lot
            else _elsewhere()
            for lot in lots[:_NAMES_SHOWN]
        ),
        is_whole=count <= _NAMES_SHOWN,
    )


def _line_part(
    lines: Sequence[HitLine], *, is_added: bool, may_see_orders: bool
) -> CostPart | None:
    if not lines:
        return None
    count = len(lines)
    if is_added:
        text = ngettext("adds %(count)s order line", "adds %(count)s order lines", count)
    else:
        text = ngettext("frees %(count)s order line", "frees %(count)s order lines", count)
    return CostPart(
        is_added=is_added,
        text=_with_quantity(text % {"count": count}, [(line.qty, line.uom) for line in lines]),
        hits=tuple(
            NamedHit(
                name=f"{line.key.order}/{line.key.line}",
                url=order_url(*line.key) if may_see_orders else "",
                more=f"{line.customer} {line.item}".strip(),
                link_class=line.link_class.name,
            )
            if line.key.order
            else _elsewhere()
            for line in lines[:_NAMES_SHOWN]
        ),
        is_whole=count <= _NAMES_SHOWN,
    )


def _elsewhere() -> NamedHit:
    """Return what stands for a name that only another site knows."""
    return NamedHit(name=_("in another site"), url="", more="", link_class="")


def _with_quantity(text: str, rows: Sequence[tuple[Decimal | None, str | None]]) -> str:
    """Return a count with the quantity behind it, for each unit apart."""
    sums: dict[str, Decimal] = {}
    for qty, uom in rows:
        if qty:
            sums[uom or ""] = sums.get(uom or "", Decimal(0)) + qty
    if not sums:
        return text
    amounts = _(", ").join(quantity_text(sums[uom], uom) for uom in sorted(sums))
    return _("%(count)s (%(amounts)s)") % {"count": text, "amounts": amounts}
