"""Failures as problem documents (RFC 9457) with a stable ``code``."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse

from knockon.domain.errors import KnockonError

_STATUS: dict[str, int] = {
    "not_allowed": 403,
    "disruption_unknown": 404,
    "impact_missing": 409,
    "move_refused": 409,
    "lot_unknown": 404,
    "lot_ambiguous": 409,
    "order_unknown": 404,
    "table_not_stored": 404,
    "unknown_table": 404,
    "snapshot_refused": 409,
}
"""Everything else that is expected is a request that cannot be used: 422."""


def problem_of(error: KnockonError) -> HttpResponse:
    """Return the problem document of an expected failure."""
    return problem(status=_STATUS.get(error.code, 422), code=error.code, data=error.data)


def problem(*, status: int, code: str, data: Mapping[str, Any]) -> HttpResponse:
    """Return a problem document; ``title`` is the code in plain words for people reading logs."""
    body = {
        "type": f"urn:knockon:problem:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "code": code,
        **{name: value for name, value in data.items() if name not in {"type", "status"}},
    }
    text = json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type="application/problem+json")
