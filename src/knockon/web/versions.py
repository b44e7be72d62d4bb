"""Earlier answers of a case: which there are, and what has changed since one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from knockon.apps.disruptions.answers.impacts import shown
from knockon.apps.disruptions.reason_texts import effect_text
from knockon.apps.disruptions.selectors import load_impact, load_impact_versions
from knockon.domain.impact_difference import RowChange, difference_of
from knockon.domain.links import LinkClass
from knockon.web.cases import Case
from knockon.web.impact_rows import Mark, Row, line_of
from knockon.web.wording import instant, quantity_text, span_text

_MOST = 50
"""Answers that are offered; the timeline leads to all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What the newest answer says otherwise than an earlier one."""

    newest: Mapping[str, Any]
    added: Sequence[Row]
    """Rows of the newest answer whose order line the earlier one does not have."""
    marks: Mapping[tuple[str, str], Mark]
    """Of the earlier answer's order lines that are gone or changed since."""
    gone_count: int
    changed_count: int


def version_choices(case: Case) -> list[dict[str, Any]]:
    """Return the answers that can be looked at, the newest first; none where there is but one."""
    versions = list(load_impact_versions(case.row.pk)[:_MOST])
    if len(versions) <= 1:
        return []
    return [
        {
            "pk": "" if at == 0 else version.pk,
            "is_newest": at == 0,
            "as_of": version.as_of,
            "orders": version.orders,
            "is_shown": case.impact is not None and case.impact.pk == version.pk,
        }
        for at, version in enumerate(versions)
    ]


def changes_since(case: Case) -> Changes | None:
    """Return what has changed since the shown answer; None for the newest one."""
    if case.is_newest or case.document is None:
        return None
    stored = load_impact(case.row.pk)
    newest = shown(stored, viewer=case.viewer)
    orders = difference_of(case.document, newest).part("orders")
    marks = {line_of(row): Mark(kind="gone") for row in orders.removed}
    now = {line_of(row): row for row in newest["orders"]}
    before = {line_of(row): row for row in case.document["orders"]}
    for change in orders.changed:
        line = change.key[0], change.key[1]
        texts = _told_otherwise(change, old=before[line], new=now[line])
        if texts:
            marks[line] = Mark(kind="changed", texts=tuple(texts))
    return Changes(
        newest=newest,
        added=orders.added,
        marks=marks,
        gone_count=len(orders.removed),
        changed_count=len(marks) - len(orders.removed),
    )


def _told_otherwise(change: RowChange, *, old: Row, new: Row) -> list[str]:
    """Return what a customer would be told anew, in words of today's answer."""
    changed = {each.field for each in change.fields}
    texts = []
    if "effects" in changed:
        effects = [effect_text(effect) for effect in new["effects"]]
        texts.append(_("Now: %(effects)s") % {"effects": _(", ").join(effects)})
    if "class" in changed:
        texts.append(_better(old, new))
    if "new_ship" in changed:
        texts.append(_("Now ships %(at)s") % {"at": _clock(instant(new["new_ship"]))})
    elif "late_s" in changed:
        texts.append(_("Now %(span)s late") % {"span": span_text(new["late_s"] or 0)})
    for name, sentence in (
        ("qty_at_risk", _("Now at risk: %(qty)s")),
        ("qty_short", _("Now short by: %(qty)s")),
    ):
        if name in changed:
            texts.append(sentence % {"qty": quantity_text(new[name], new["uom"])})
    return texts


def _better(old: Row, new: Row) -> str:
    """Return whether the proof has become stronger or weaker."""
    is_stronger = LinkClass[new["class"]] < LinkClass[old["class"]]
    return _("Now better proven") if is_stronger else _("Now less well proven")


def _clock(at: datetime | None) -> str:
    if at is None:
        return _("at an unknown time")
    return date_format(timezone.localtime(at), "m-d H:i")
