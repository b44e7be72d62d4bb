"""What the board shows of the open cases."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from knockon.apps.accounts.models import Site
from knockon.apps.accounts.selectors import load_names
from knockon.apps.disruptions.models import Disruption, Impact
from knockon.apps.disruptions.reason_texts import kind_text, state_text
from knockon.apps.disruptions.selectors import (
    OPEN_STATES,
    count_hit,
    count_hit_by_case,
    load_disruptions,
    load_impacts_of,
    load_machine_states,
    load_scopes_of,
)
from knockon.apps.plant.selectors import load_equipment
from knockon.domain.access import Right, Viewer
from knockon.domain.disruptions import Severity
from knockon.web.decisions import Decision, decision_by
from knockon.web.machine_tiles import EquipmentTree, build_areas
from knockon.web.subjects import search_url, subject_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the board's address asks for."""

    plant: str = ""
    area: str = ""
    severity: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        """Return the filters of an address; a value that means nothing filters nothing."""
        severity = query.get("severity", "")
        return cls(
            plant=query.get("plant", ""),
            area=query.get("area", ""),
            severity=severity if severity in set(Severity) else "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """An open case."""

    pk: int
    plant: str
    severity: str
    kind: str
    subject: str
    note: str
    state: str
    since: datetime
    restored_at: datetime | None
    owner: str
    orders: int | None
    customers: int | None
    moved: int
    """Order lines that finish later and still ship on time."""
    decision: Decision | None
    may_take: bool


def board_context(
    *, viewer: Viewer, sites: Sequence[Site], filters: Filters, now: datetime
) -> dict[str, Any]:
    """Return everything the board shows, for the page and for its live part alike."""
    tree = EquipmentTree(list(load_equipment(viewer=viewer)))
    cases = list(load_disruptions(viewer=viewer, states=OPEN_STATES))
    scopes = load_scopes_of(case.pk for case in cases)
    down = _down(cases, scopes)
    shown = [
        case for case in cases if _fits(case, scopes.get(case.pk, {}), filters=filters, tree=tree)
    ]
    impacts = load_impacts_of(case.pk for case in shown)
    counts = count_hit_by_case(impacts)
    owners = load_names(case.owner for case in shown if case.owner)
    states = [
        state
        for state in load_machine_states(viewer=viewer)
        if filters.plant in {"", state.site_id}
    ]
    areas = build_areas(tree, states=states, down=down, area=filters.area, now=now)
    rows = [
        _row(
            case,
            subject=subject_line(scopes.get(case.pk, {}), name_of=partial(tree.name, case.site_id)),
            impact=impacts.get(case.pk),
            hit=counts.get(case.pk, (0, 0)),
            owner=owners.get(case.owner) or case.owner,
            viewer=viewer,
            now=now,
        )
        for case in shown
    ]
    return {
        "filters": filters,
        "rows": rows,
        "areas": [area for area in areas if filters.plant in {"", area.plant}],
        "stats": _stats(rows, hit=count_hit(case.pk for case in shown), viewer=viewer),
        "plants": sites if len(sites) > 1 else (),
        "area_choices": [row for row in tree.areas() if filters.plant in {"", row.site_id}],
        "severities": [severity.value for severity in Severity],
        "has_machines": bool(tree.machines()),
        "together": _together(rows),
    }


def _together(rows: Sequence[CaseRow]) -> list[dict[str, Any]]:
    """Return the plants with several open cases, which can be looked at together."""
    counts = Counter(row.plant for row in rows)
    return [{"plant": plant, "count": count} for plant, count in counts.items() if count > 1]


def _down(
    cases: Sequence[Disruption], scopes: Mapping[int, Mapping[str, Any]]
) -> dict[tuple[str, str], int]:
    """Return the case of each node that is down, the worst case when there are several."""
    down: dict[tuple[str, str], int] = {}
    for case in cases:
        if case.kind not in {"equipment", "area"} or case.restored_at is not None:
            continue
        for code in scopes.get(case.pk, {}).get("equipment", []):
            down.setdefault((case.site_id, code), case.pk)
    return down


def _fits(
    case: Disruption, scope: Mapping[str, Any], *, filters: Filters, tree: EquipmentTree
) -> bool:
    if filters.plant not in {"", case.site_id} or filters.severity not in {"", case.severity}:
        return False
    if not filters.area:
        return True
    nodes = scope.get("equipment", [])
    return any(filters.area in tree.above(case.site_id, code) for code in nodes)


def _row(
    case: Disruption,
    *,
    subject: str,
    impact: Impact | None,
    hit: tuple[int, int],
    owner: str,
    viewer: Viewer,
    now: datetime,
) -> CaseRow:
    return CaseRow(
        pk=case.pk,
        plant=case.site_id,
        severity=case.severity,
        kind=kind_text(case.kind),
        subject=subject,
        note=case.note,
        state=state_text(case.state),
        since=case.started_at,
        restored_at=case.restored_at,
        owner=owner,
        orders=hit[0] if impact else None,
        customers=hit[1] if impact else None,
        moved=impact.orders - hit[0] if impact else 0,
        decision=decision_by(case, decide_by=impact.decide_by if impact else None, now=now),
        may_take=case.state == "open" and viewer.may(Right.ACKNOWLEDGE, plant=case.site_id),
    )


def _stats(
    rows: Sequence[CaseRow], *, hit: tuple[int, int], viewer: Viewer
) -> list[dict[str, Any]]:
    waiting = sum(not row.owner for row in rows)
    url = search_url("orders", risk="hit") if viewer.may(Right.VIEW_ORDERS) else ""
    return [
        {"label": _("Open cases"), "value": len(rows), "icon": "alert-circle"},
        {
            "label": _("Nobody has it"),
            "value": waiting,
            "icon": "hand-stop",
            "tone": "alarm" if waiting else "",
        },
        {
            "label": _("Orders hit"),
            "value": hit[0],
            "icon": "clipboard-list",
            "url": url,
        },
        {
            "label": _("Customers hit"),
            "value": hit[1],
            "icon": "users",
        },
    ]
