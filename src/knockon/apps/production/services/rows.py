"""Turning values of a file's row into the fields of ours."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import models

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
    whole: Fields = {}
    for each in binding.model._meta.concrete_fields:
        name = each.attname
        if name not in binding.fields:
            continue
        value = fields.get(name)
        if value is None:
            value = binding.defaults.get(name)
        whole[name] = _absent(each) if value is None else value
    return whole


def settle(fields: Fields, *, binding: Binding) -> Fields:
    """Return the fields as the data base gives them back, so that equal rows compare equal."""
    by_attname = {each.attname: each for each in binding.model._meta.concrete_fields}
    return {name: _settled(value, by_attname[name]) for name, value in fields.items()}


def row_hash(fields: Mapping[str, Any]) -> str:
    """Return the canonical hash that names a fact without an event id."""
    return hashlib.sha256(canonical({k: _text(v) for k, v in fields.items()})).hexdigest()[:32]


def _absent(field: "models.Field[Any, Any]") -> Any:
    if field.has_default():
        return field.get_default()
    if field.null:
        return None
    return "" if isinstance(field, models.CharField) else None


def _settled(value: Any, field: "models.Field[Any, Any]") -> Any:
    if value is None:
        return "" if isinstance(field, models.CharField) else None
    if isinstance(field, models.DecimalField) and field.decimal_places is not None:
        return Decimal(value).quantize(Decimal(1).scaleb(-field.decimal_places))
    is_day = isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField)
    if is_day and isinstance(value, datetime):
        return value.date()
    return value


def _text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value
