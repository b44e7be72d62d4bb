"""One disruption as its page begins and ends: the first screen and the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from knockon.apps.accounts.reason_texts import actor_text
from knockon.apps.accounts.selectors import load_names
from knockon.apps.disruptions.answers.impacts import freed, shown
from knockon.apps.disruptions.models import Disruption, Impact, ScopeVersion
from knockon.apps.disruptions.reason_texts import (
    basis_text,
    entry_text,
    kind_text,
    origin_text,
    severity_text,
    state_text,
)
from knockon.apps.disruptions.selectors import (
    OPEN_STATES,
    ImpactMissing,
    load_attachments,
    load_disruption,
    load_impact,
    load_impact_versions,
    load_scope_version,
    load_timeline,
)
from knockon.apps.plant.selectors import load_cause, load_equipment
from knockon.apps.response.selectors import load_messages_of
from knockon.domain.access import Right, Viewer
from knockon.domain.disruptions import DisruptionState
from knockon.web import impact_rows
from knockon.web.clocks import clocks_of
from knockon.web.decisions import next_decision
from knockon.web.machine_tiles import EquipmentTree
from knockon.web.moves import moves_of
from knockon.web.subjects import subject_line, subjects
from knockon.web.told import message_rows
from knockon.web.wording import span_text

ESTIMATES = (15 * 60, 30 * 60, 3600, 2 * 3600)
WITH_REPAIR = frozenset({"equipment", "tool", "area", "people"})
_WORST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A disruption with the answer that is shown and who looks at it."""

    row: Disruption
    scope: ScopeVersion
    impact: Impact | None
    document: Mapping[str, Any] | None
    is_newest: bool
    viewer: Viewer
    now: datetime

    @property
    def cleared(self) -> Sequence[Mapping[str, Any]]:
        """What the shown answer says evidence has freed."""
        return freed(self.impact, viewer=self.viewer) if self.impact else ()

    @property
    def is_computing(self) -> bool:
        """Whether a newer answer is on its way: none is there, or its scope is an older one."""
        if not self.is_newest or self.row.state not in OPEN_STATES:
            return False
        return self.impact is None or self.impact.scope_id != self.scope.pk


def load_case(
    disruption_id: int, *, viewer: Viewer, now: datetime, impact_id: int | None = None
) -> Case:
    """Return a case with its newest answer, or with an older one.

    Raises
    ------
    DisruptionUnknown, ImpactVersionUnknown
        It is not there, or not for this viewer.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    try:
        impact = load_impact(row.pk, impact_id=impact_id)
    except ImpactMissing:
        impact = None
    document = shown(impact, viewer=viewer) if impact else None
    return Case(
        row=row,
        scope=load_scope_version(row.pk),
        impact=impact,
        document=document,
        is_newest=impact_id is None,
        viewer=viewer,
        now=now,
    )


def now_context(case: Case) -> dict[str, Any]:
    """Return the first screen: what, since when, who has it, how long, what next, the worst."""
    row, scope, viewer = case.row, case.scope.scope, case.viewer
    tree = EquipmentTree(list(load_equipment(viewer=viewer).filter(site_id=row.site_id)))
    name_of = partial(tree.name, row.site_id)
    document = case.document
    orders = document["orders"] if document else []
    hit, moved = impact_rows.hit_and_moved(document) if document else ([], [])
    names = load_names([row.owner, row.opened_by])
    return {
        "case": row,
        "kind": kind_text(row.kind),
        "state": state_text(row.state),
        "subject": subject_line(scope, name_of=name_of),
        "subjects": subjects(scope, name_of=name_of),
        "owner": names.get(row.owner) or row.owner,
        "opened_by": actor_text(row.opened_by, names),
        "is_open": row.state in OPEN_STATES,
        "since_form": _since_form(row.restored_at or row.started_at, now=case.now),
        "is_computing": case.is_computing,
        "decision": next_decision(row, orders=orders, now=case.now),
        "worst": impact_rows.order_rows(document, hit[:_WORST], plant=row.site_id)
        if document
        else [],
        "hit_count": len(hit),
        "moved_count": len(moved),
        "may_take": row.state == "open" and viewer.may(Right.ACKNOWLEDGE, plant=row.site_id),
        "repair": _repair(case) if row.kind in WITH_REPAIR else None,
        "may_see_orders": viewer.may(Right.VIEW_ORDERS, plant=row.site_id),
    }


def _since_form(at: datetime, *, now: datetime) -> str:
    """Return how to write an instant: today the time alone, else with its day."""
    local = timezone.localtime
    return "H:i" if local(at).date() == local(now).date() else "m-d H:i"


def _repair(case: Case) -> dict[str, Any]:
    """Return the repair estimate: the choices, the one that holds and where it comes from."""
    given = case.scope.scope.get("repair_s")
    disruption = case.document["disruption"] if case.document else {}
    may = case.viewer.may(Right.ESTIMATE, plant=case.row.site_id)
    assumed_s = given if given is not None else disruption.get("repair_s")
    until = case.row.started_at + timedelta(seconds=assumed_s) if assumed_s else None
    return {
        "choices": [
            {"value": seconds, "label": span_text(seconds), "is_chosen": given == seconds}
            for seconds in ESTIMATES
        ],
        "is_given": given is not None,
        "assumed": span_text(assumed_s) if assumed_s else "",
        "basis": basis_text(disruption["repair_basis"]) if disruption else "",
        "until": until if case.row.restored_at is None else None,
        "may_estimate": may and case.row.state in OPEN_STATES,
    }


def record_context(case: Case) -> dict[str, Any]:
    """Return what happened, when, who said what, and what may be done with the case."""
    row, viewer = case.row, case.viewer
    entries = list(load_timeline(row.pk))
    messages = list(load_messages_of(row.pk, viewer=viewer))
    names = load_names([row.owner, row.opened_by, *(entry.actor for entry in entries)])
    versions = {version.recorded_id: version for version in load_impact_versions(row.pk)}
    cause = load_cause(row.cause, plant=row.site_id) if row.cause else None
    return {
        "case": row,
        "origin": origin_text(row.origin),
        "severity": severity_text(row.severity),
        "cause": (cause.name or cause.code) if cause else row.cause,
        "attachments": [
            {"pk": file.pk, "is_image": file.content_type.startswith("image/")}
            for file in load_attachments(row.pk)
        ],
        "clocks": clocks_of(row),
        "moves": moves_of(DisruptionState(row.state), viewer=viewer, plant=row.site_id),
        "messages_sent": message_rows(messages),
        "timeline": [
            {
                "at": entry.recorded_at,
                "text": entry_text(entry.action, entry.data),
                "actor": actor_text(entry.actor, names),
                "note": entry.data.get("note", "")
                if entry.action.startswith("disruption_")
                else "",
                "version": versions.get(entry.position),
            }
            for entry in entries
        ],
    }
