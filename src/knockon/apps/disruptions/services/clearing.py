"""What a case's newer answer frees of the older one, with the reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from knockon.apps.disruptions.models import Impact, ScopeVersion
from knockon.domain.cleared_document import cleared_key, cleared_values
from knockon.domain.impact import Cleared, Effect
from knockon.domain.impact_difference import ImpactDifference
from knockon.domain.impact_document import instant_text
from knockon.domain.links import LinkClass

_SUSPECT = frozenset({Effect.SUSPECT_SHIPPED.value, Effect.SUSPECT_ON_HAND.value})


def all_cleared(
    cleared: Sequence[Cleared],
    *,
    scope: ScopeVersion,
    document: Mapping[str, Any],
    before: Impact | None,
    difference: ImpactDifference | None,
) -> list[dict[str, Any]]:
    """Return what evidence freed: by the records, by a narrower scope, by corrected records.

    A row that is hit again is freed no more. Orders that are only late or short no longer are not
    among them: time frees those, not evidence.

    Parameters
    ----------
    cleared
        What the engine says is freed by the records.
    before, difference
        The case's older answer, and what the newer one says differently.
    """
    found = cleared_values(cleared)
    if before is None or difference is None:
        return found
    narrowed = before.scope_id != scope.pk
    at = instant_text(scope.recorded.recorded_at) if narrowed else document["as_of"]
    reason: dict[str, Any] = {
        "code": "scope_narrowed" if narrowed else "records_corrected",
        "params": {},
    }
    found += [
        {"part": part, "row": {**row, "class": LinkClass.CLEARED.name}, "reason": reason, "at": at}
        for part in ("lots", "orders")
        for row in difference.part(part).removed
        if part == "lots" or _SUSPECT & set(row["effects"])
    ]
    found += before.cleared
    return _once(found, document=document)


def _once(found: Sequence[dict[str, Any]], *, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each row once, with the first reason, without those that are hit."""
    seen = {
        (part, cleared_key({"part": part, "row": row}))
        for part in ("lots", "orders")
        for row in document[part]
    }
    kept = []
    for each in found:
        name = (each["part"], cleared_key(each))
        if name not in seen:
            seen.add(name)
            kept.append(each)
    return kept
