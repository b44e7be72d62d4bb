"""Sentences for the evidence that the edges of a suspect window stand on."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from knockon.domain.suspect_window import EvidenceKind, WindowEdge

_STARTS: Mapping[EvidenceKind, object] = {
    EvidenceKind.GIVEN: _("As somebody said"),
    EvidenceKind.PASSED_CHECK: _("Passed check of %(what)s on %(ref)s"),
    EvidenceKind.OWN_PASSED_CHECK: _(
        "Passed sample of %(what)s from the very lot that failed later: it clears nothing"
    ),
    EvidenceKind.TOOL_CHANGE: _("Tool %(ref)s came onto the machine"),
    EvidenceKind.CALIBRATION: _("Good calibration of gauge %(ref)s"),
    EvidenceKind.MAINTENANCE: _("Maintenance was over"),
    EvidenceKind.STOP: _("The machine ran again after a stop"),
    EvidenceKind.LOT_START: _("Work on %(ref)s began"),
    EvidenceKind.SHIFT_START: _("The shift began"),
    EvidenceKind.HISTORY: _("The first record there is"),
    EvidenceKind.FAILED_CHECK: _("Failed check of %(what)s on %(ref)s"),
    EvidenceKind.REPORTED: _("The trouble was reported"),
    EvidenceKind.OPEN_END: _("Not known to be over"),
}
_ENDS: Mapping[EvidenceKind, object] = {
    EvidenceKind.MAINTENANCE: _("Maintenance began"),
    EvidenceKind.STOP: _("The machine stopped"),
}


def evidence_text(edge: WindowEdge, *, is_start: bool) -> str:
    """Return what an edge of a window stands on, in words."""
    sentence = _STARTS[edge.kind] if is_start else _ENDS.get(edge.kind, _STARTS[edge.kind])
    named = {
        "what": edge.characteristic or "\N{EN DASH}",
        "ref": edge.ref.rsplit("/", 1)[-1] or "\N{EN DASH}",
    }
    return str(sentence) % named
