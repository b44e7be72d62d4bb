"""Several cases at once: whom they hit together, and which to mend first."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from knockon.apps.disruptions.answers.joint import (
    MOST_CREWS,
    FewerThanTwoCases,
    JointAnswer,
    count_open,
    joint_answer,
)
from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.reason_texts import kind_text
from knockon.apps.disruptions.reason_texts.joint import basis_of_ranking, blame_text
from knockon.apps.disruptions.selectors import load_scopes_of
from knockon.apps.plant.selectors import load_equipment
from knockon.domain.access import Right, Viewer
from knockon.domain.joint import Blame, FixPlan, JointOrder
from knockon.web.machine_tiles import EquipmentTree
from knockon.web.staff import StaffRequest, staff_page, use_site
from knockon.web.subjects import order_url, subject_line
from knockon.web.wording import number_text, quantity_text, span_text

_MOST_ROWS = 200
_OTHER_PLANS = 4


@require_safe
@staff_page(Right.VIEW_BOARD)
def joint(request: StaffRequest) -> HttpResponse:
    """Show the frame; the answer follows, for it may take a while."""
    return render(request, "joint/joint_show.html", _asked(request))


@require_safe
@staff_page(Right.VIEW_BOARD)
def joint_found(request: StaffRequest) -> HttpResponse:
    """Show the answer: a fragment of the page, or a page of its own."""
    context = _asked(request)
    try:
        found = joint_answer(
            context["plant_chosen"],
            viewer=request.viewer,
            now=request.now,
            crews=context["crews"],
        )
    except FewerThanTwoCases:
        found = None
    if found is not None:
        context |= found_context(found, viewer=request.viewer, plant=context["plant_chosen"])
    context["is_answered"] = True
    if request.headers.get("HX-Request"):
        return render(request, "joint/_joint_answer.html", context)
    return render(request, "joint/joint_show.html", context)


def _asked(request: StaffRequest) -> dict[str, Any]:
    """Return the plant and the number of crews that the address asks for."""
    chosen = request.GET.get("plant", "") or (request.sites[0].code if request.sites else "")
    if chosen not in {site.code for site in request.sites}:
        raise Http404
    use_site(request, chosen)
    crews = request.GET.get("crews", "")
    return {
        "plant_chosen": chosen,
        "plants": request.sites if len(request.sites) > 1 else (),
        "crews": min(max(1, int(crews)), MOST_CREWS) if crews.isdecimal() else 1,
        "most_crews": MOST_CREWS,
        "open_count": count_open(chosen, viewer=request.viewer),
    }


def found_context(found: JointAnswer, *, viewer: Viewer, plant: str) -> dict[str, Any]:
    """Return the answer as the template writes it."""
    names = _names(found.cases, viewer=viewer, plant=plant)
    result = found.joint
    may_see = viewer.may(Right.VIEW_ORDERS, plant=plant)
    return {
        "cases": [names[str(case.pk)] for case in found.cases],
        "left_out": found.left_out,
        "elsewhere": found.elsewhere,
        "elapsed_ms": found.elapsed_ms,
        "as_of": result.as_of,
        "may_see_orders": may_see,
        "plan": _plan(result.plans[0], names) if result.plans else None,
        "other_plans": [_plan(plan, names) for plan in result.plans[1 : 1 + _OTHER_PLANS]],
        "ranked_by": basis_of_ranking(result),
        "samples": result.samples,
        "orders": [_order(row, names, may_see=may_see) for row in result.orders[:_MOST_ROWS]],
        "order_count": len(result.orders),
        "together_count": sum(row.blame is Blame.TOGETHER for row in result.orders),
    }


def _names(
    cases: Sequence[Disruption], *, viewer: Viewer, plant: str
) -> Mapping[str, dict[str, Any]]:
    tree = EquipmentTree(list(load_equipment(viewer=viewer).filter(site_id=plant)))
    scopes = load_scopes_of(case.pk for case in cases)
    name_of = partial(tree.name, plant)
    return {
        str(case.pk): {
            "pk": case.pk,
            "kind": kind_text(case.kind),
            "severity": case.severity,
            "name": subject_line(scopes.get(case.pk, {}), name_of=name_of) or kind_text(case.kind),
        }
        for case in cases
    }


def _plan(plan: FixPlan, names: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "fixes": [
            {
                "case": names[fix.disruption],
                "takes": span_text(fix.repair_s),
                "begins": fix.begins,
                "ends": fix.ends,
                "saves": fix.saves,
                "per_hour": number_text(fix.per_hour),
            }
            for fix in plan.fixes
        ],
        "saved": plan.saved,
        "late": plan.late,
        "per_hour": number_text(plan.per_hour),
        "expected": number_text(plan.expected_saved),
    }


def _order(
    row: JointOrder, names: Mapping[str, dict[str, Any]], *, may_see: bool
) -> dict[str, Any]:
    return {
        "name": f"{row.key.order}/{row.key.line}",
        "url": order_url(row.key.plant, row.key.order, row.key.line),
        "customer": row.customer if may_see else "",
        "tier": row.tier,
        "item": row.item,
        "effects": [effect.value for effect in row.effects],
        "link_class": row.link_class.name,
        "blame": blame_text(row.blame, [names[key]["name"] for key in row.alone]),
        "is_together": row.blame is Blame.TOGETHER,
        "frees": [names[key] for key in row.frees],
        "late": span_text(row.late_s) if row.late_s else "",
        "value": quantity_text(row.value_at_risk, row.currency) if may_see else "",
    }
