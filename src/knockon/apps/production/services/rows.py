"""Turning values of a file's row into the fields of ours."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from knockon.apps.journal.bus import canonical
from knockon.apps.production.models.bindings import Binding
from knockon.domain.contract.instants import ReadInstant
from knockon.domain.times import Moment

Fields = dict[str, Any]


def to_fields(values: Mapping[str, Any], *, binding: Binding) -> Fields:
    """Return the model fields that a converted row sets; absent columns set nothing."""
    fields: Fields = {}
    for column, name in binding.columns.items():
        if column not in values:
            continue
        value = values[column]
        if isinstance(value, ReadInstant):
            value = value.moment
        if isinstance(value, Moment):
            fields[name] = value.earliest
            if name in binding.spans:
                doubt = value.latest - value.earliest
                fields[binding.spans[name]] = int(doubt.total_seconds())
            continue
        fields[name] = list(value) if isinstance(value, tuple) else value
    return fields


def completed(fields: Fields, *, binding: Binding) -> Fields:
    """Return the fields of a new row: what was given, then defaults, then the model's own."""
    whole = {
        name: blank if (value := fields.get(name)) is None else value
        for name, blank in binding.blanks.items()
    }
    return settle(whole, binding=binding)


def settle(fields: Fields, *, binding: Binding) -> Fields:
    """Return the fields as the data base gives them back, so that equal rows compare equal."""
    settlers = binding.settlers
    return {
        name: settlers[name](value) if name in settlers else value for name, value in fields.items()
    }


def row_hash(fields: Mapping[str, Any]) -> str:
    """Return the canonical hash that names a fact without an event id."""
    return hashlib.sha256(canonical({k: _text(v) for k, v in fields.items()})).hexdigest()[:32]


def _text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value
