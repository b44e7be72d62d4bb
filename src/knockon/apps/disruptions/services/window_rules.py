"""When a change of a case leaves suspect material out: then somebody must say why."""

from knockon.apps.disruptions.answers.windows import WindowInForce, window_in_force
from knockon.apps.disruptions.models import Disruption
from knockon.domain.disruptions import DisruptionKind, Scope
from knockon.domain.errors import KnockonError
from knockon.domain.suspect_window import WindowSubject
from knockon.engine.impact.alternatives import is_narrower

WINDOW_FIELDS = ("equipment", "tool", "cavity", "start", "end")
"""Fields of a scope that make its suspect window."""
_ABOUT_MATERIAL = frozenset(
    {
        DisruptionKind.QUALITY.value,
        DisruptionKind.MATERIAL.value,
        DisruptionKind.COMPLAINT.value,
        DisruptionKind.METHOD.value,
    }
)


class ReasonMissing(KnockonError):
    """Less would be suspect than before, and nobody says why."""

    code = "reason_missing"


def narrows(row: Disruption, *, before: Scope, after: Scope) -> bool:
    """Return whether a change of a case's scope leaves out what was suspect.

    A repair time or a rate leaves nothing out, and neither does anything in a case that makes no
    material suspect.
    """
    touched = [
        name
        for name in (*WINDOW_FIELDS, "lots", "supplier_lot", "item")
        if getattr(before, name) != getattr(after, name)
    ]
    if not touched or row.kind not in _ABOUT_MATERIAL:
        return False
    if set(before.lots) - set(after.lots):
        return True
    if before.supplier_lot not in (None, after.supplier_lot):
        return True
    if after.item is not None and before.item != after.item:
        return True
    old, new = window_in_force(row, before), window_in_force(row, after)
    return _is_smaller(old, new)


def _is_smaller(old: WindowInForce, new: WindowInForce) -> bool:
    if old.subject is None:
        # Named lots only, which may be suspect since an instant; a window comes on top.
        window = (old.start, old.end)
        return new.subject is None and is_narrower(start=new.start, end=new.end, than=window)
    if new.subject is None or _leaves_out(old.subject, new.subject):
        return True
    return is_narrower(start=new.start, end=new.end, than=(old.start, old.end))


def _leaves_out(old: WindowSubject, new: WindowSubject) -> bool:
    """Return whether a machine, tool or cavity that was suspect is no longer."""
    fewer_machines = bool(set(old.equipment) - set(new.equipment))
    other_tool = new.tool is not None and new.tool != old.tool
    other_cavity = new.cavity is not None and new.cavity != old.cavity
    return fewer_machines or other_tool or other_cavity
