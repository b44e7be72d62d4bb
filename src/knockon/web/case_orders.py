"""Whom a case hits: the part of its page that refreshes with every answer."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from knockon.apps.disruptions.models import Disruption
from knockon.apps.production.answers import verdict_on
from knockon.apps.production.reason_texts import lack_text
from knockon.apps.production.snapshot.newer import count_newer_facts
from knockon.domain.access import Right
from knockon.web import impact_rows
from knockon.web.cases import Case
from knockon.web.data_age import age_lines
from knockon.web.freed import freed_orders
from knockon.web.versions import Changes, changes_since, version_choices
from knockon.web.wording import instant

_ABOUT_MATERIAL = frozenset({"quality", "material", "complaint", "method"})
_SHOWN_ORDERS = 100
_SHOWN_REASONS = 10


def impact_context(case: Case) -> dict[str, Any]:
    """Return whom the disruption hits, on what basis, and what was known at another time."""
    row, document = case.row, case.document
    base = {
        "case": row,
        "impact": case.impact,
        "is_newest": case.is_newest,
        "is_computing": case.is_computing,
        "may_see_orders": case.viewer.may(Right.VIEW_ORDERS, plant=row.site_id),
        "versions": version_choices(case),
    }
    if document is None:
        return base
    hit, moved = impact_rows.hit_and_moved(document)
    since = changes_since(case)
    in_words = partial(
        impact_rows.order_rows, document, plant=row.site_id, marks=since.marks if since else {}
    )
    shown, shown_moved = in_words(hit[:_SHOWN_ORDERS]), in_words(moved[:_SHOWN_ORDERS])
    gaps = impact_rows.gap_rows(document)
    return {
        **base,
        "as_of": instant(document["as_of"]),
        "hit": shown,
        "hit_groups": _groups(shown),
        "hit_count": len(hit),
        "moved": shown_moved,
        "moved_groups": _groups(shown_moved),
        "moved_count": len(moved),
        "lot_count": len(document["lots"]),
        "operation_count": len(document["operations"]),
        "hiding": [] if hit or moved else _hiding(row, gaps),
        "gap_count": len(gaps),
        "freed": freed_orders(case.cleared, plant=row.site_id),
        "newer_count": _newer(case),
        "since": since,
        "added_since": _added(since, plant=row.site_id),
        "ages": age_lines(document["data_age"], as_of=instant(document["as_of"])),
    }


def _newer(case: Case) -> int:
    """Return how many events came in since the newest answer's snapshot."""
    if case.impact is None or not case.is_newest:
        return 0
    return count_newer_facts([case.row.site_id], position=case.impact.position)


def _groups(rows: Sequence[impact_rows.OrderRow]) -> list[dict[str, Any]]:
    """Return the rows within the frozen window apart from later ones, where there are both."""
    parts = (
        (_("Within the frozen window: the plan is not changed without a decision"), True),
        (_("Later than the frozen window"), False),
    )
    groups = [
        {"label": label, "rows": [row for row in rows if row.frozen is is_frozen]}
        for label, is_frozen in parts
    ]
    filled = [group for group in groups if group["rows"]]
    return filled if len(filled) > 1 else [{"label": "", "rows": rows}]


def _hiding(row: Disruption, gaps: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return why an empty list is no clearance: gaps in the question, and lists that lack."""
    question = "lot_to_customers" if row.kind in _ABOUT_MATERIAL else "machine_to_orders"
    verdict = verdict_on(question, plant=row.site_id)
    lacking = [lack_text(reason) for reason in verdict.missing] if verdict.grade == "no" else []
    hiding = [gap["text"] for gap in gaps if gap["hides"]][:_SHOWN_REASONS]
    return list(dict.fromkeys([*hiding, *lacking]))


def _added(since: Changes | None, *, plant: str) -> list[impact_rows.OrderRow]:
    """Return the order lines that only the newest answer has."""
    if since is None:
        return []
    return impact_rows.order_rows(since.newest, since.added[:_SHOWN_ORDERS], plant=plant)
