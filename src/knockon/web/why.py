"""Why a case hits an order line, or why not, asked by whatever number people have at hand."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from knockon.apps.disruptions.answers.impacts import why
from knockon.apps.disruptions.reason_texts import check_text
from knockon.apps.disruptions.selectors import ImpactMissing, load_disruption
from knockon.apps.production.models import OrderLine
from knockon.apps.production.selectors import load_order_lines
from knockon.domain.access import Right, Viewer
from knockon.domain.contract.cells import folded
from knockon.domain.errors import KnockonError
from knockon.web.order_list import key_of
from knockon.web.paths import steps_of
from knockon.web.subjects import order_url
from knockon.web.wording import error_text

MOST_OFFERED = 8
_MOST_CHOICES = 40
_MOST_COMPARED = 2000
_LONGEST = 80
_SHORTEST = 3
_ALIKE = 0.6
"""Likeness from which two numbers may be one misread; Python's ``difflib`` draws it there too."""


def why_context(disruption_id: int, text: str, *, viewer: Viewer) -> dict[str, Any]:
    """Return the answer for the order that a person named, the lines to choose from, or the like.

    Raises
    ------
    DisruptionUnknown, NotAllowed
        The case is not there, or the viewer may not see orders.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    viewer.require(Right.VIEW_ORDERS, plant=row.site_id)
    wanted = folded(text)[:_LONGEST]
    base = {"case": row, "why_asked": wanted}
    if not wanted:
        return base
    lines = _named(wanted, plant=row.site_id, viewer=viewer)
    if len(lines) == 1:
        found = asked(lines[0], disruption_id, viewer=viewer)
        return {**base, "why_line": _choice(lines[0]), "why_found": found}
    if lines:
        return {**base, "why_choices": [_choice(line) for line in lines]}
    near = near_lines(wanted, plant=row.site_id, viewer=viewer)
    return {**base, "why_unknown": True, "why_near": [_choice(line) for line in near]}


def completions(disruption_id: int, text: str, *, viewer: Viewer) -> list[dict[str, str]]:
    """Return the first order lines whose number, or the customer's own, holds what was typed.

    Raises
    ------
    DisruptionUnknown, NotAllowed
        The case is not there, or the viewer may not see orders.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    viewer.require(Right.VIEW_ORDERS, plant=row.site_id)
    wanted = folded(text)[:_LONGEST]
    if not wanted:
        return []
    lines = _lines(row.site_id, viewer=viewer).filter(_holding(wanted))
    return [_choice(line) for line in lines[:MOST_OFFERED]]


def asked(line: OrderLine, disruption_id: int, *, viewer: Viewer) -> dict[str, Any]:
    """Return why the case hits the line, or what was checked and frees it."""
    try:
        found = why(disruption_id, key_of(line), viewer=viewer)
    except ImpactMissing:
        return {"is_computing": True}
    except KnockonError as error:
        if error.code != "unknown_order_line":
            raise
        return {"problem": error_text(error)}
    return {
        "disruption_id": disruption_id,
        "is_hit": found.is_hit,
        "link_class": found.row.link_class.name if found.row else "",
        "effects": [effect.value for effect in found.row.effects] if found.row else [],
        "steps": steps_of(found.row.path, plant=line.site_id) if found.row else (),
        "checks": [check_text(check) for check in found.checks],
    }


def near_lines(wanted: str, *, plant: str, viewer: Viewer) -> list[OrderLine]:
    """Return the order lines whose number is most like one that does not exist.

    Whoever misreads or mistypes one place leaves one half of the number whole: only numbers that
    share a half are compared.
    """
    lines = _lines(plant, viewer=viewer)
    holding = list(lines.filter(_holding(wanted))[:MOST_OFFERED])
    if holding or len(wanted) < _SHORTEST:
        return holding
    number = wanted.rsplit("/", 1)[0]
    half = len(number) // 2
    alike = Q()
    for field in ("order", "customer_order"):
        alike |= Q(**{f"{field}__istartswith": number[:half]})
        alike |= Q(**{f"{field}__iendswith": number[-half:]})
    compared = list(lines.filter(alike)[:_MOST_COMPARED])
    scored = [(_likeness(number, line), line) for line in compared]
    best = [(score, line) for score, line in scored if score >= _ALIKE]
    best.sort(key=lambda pair: -pair[0])
    return [line for _score, line in best[:MOST_OFFERED]]


def _lines(plant: str, *, viewer: Viewer) -> Any:
    return load_order_lines(viewer=viewer).filter(site_id=plant)


def _named(wanted: str, *, plant: str, viewer: Viewer) -> Sequence[OrderLine]:
    """Return the lines that are named so: by order and line, by order, or by the customer."""
    parts = wanted.split("/")
    lines = _lines(plant, viewer=viewer)
    ways = [
        Q(order="/".join(parts[:cut]), line="/".join(parts[cut:])) for cut in range(1, len(parts))
    ]
    exact = list(lines.filter(reduce(or_, ways, Q(pk=None)))[:_MOST_CHOICES])
    if exact:
        return exact
    return list(lines.filter(Q(order=wanted) | Q(customer_order=wanted))[:_MOST_CHOICES])


def _holding(wanted: str) -> Q:
    number, _separator, line = wanted.rpartition("/")
    found = Q(order__icontains=wanted) | Q(customer_order__icontains=wanted)
    return found | Q(order__iexact=number, line__istartswith=line) if number else found


def _likeness(number: str, line: OrderLine) -> float:
    matcher = SequenceMatcher(b=number.casefold(), autojunk=False)
    best = 0.0
    for known in (line.order, line.customer_order):
        matcher.set_seq1(known.casefold())
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
            best = max(best, matcher.ratio())
    return best


def _choice(line: OrderLine) -> dict[str, str]:
    return {
        "name": f"{line.order}/{line.line}",
        "url": order_url(line.site_id, line.order, line.line),
        "customer": line.customer,
        "customer_order": line.customer_order,
        "item": line.item,
    }
