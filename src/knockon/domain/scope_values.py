"""A scope as JSON values and back, for storage and for the wire."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from knockon.domain.disruptions import Scope
from knockon.domain.errors import KnockonError
from knockon.domain.facts.keys import LotKey


class ScopeInvalid(KnockonError):
    """A field of a scope is unknown or cannot be read; the data names it."""

    code = "scope_invalid"


_INSTANTS = frozenset({"start", "end"})
_DECIMALS = frozenset({"qty", "rate"})
_LISTS = frozenset({"equipment", "people"})
_NAMES = frozenset(field.name for field in fields(Scope))


def scope_to_values(scope: Scope) -> dict[str, Any]:
    """Return the fields that are set, as JSON values; instants as RFC 3339 with ``Z``."""
    values: dict[str, Any] = {"plant": scope.plant}
    for field in fields(Scope):
        value = getattr(scope, field.name)
        if value is None or value == () or field.name == "plant":
            continue
        if field.name == "rate" and value == 0:
            continue
        values[field.name] = _to_json(value)
    return values


def scope_from_values(values: Mapping[str, Any]) -> Scope:
    """Return the scope that these JSON values describe.

    Raises
    ------
    ScopeInvalid
        Naming the field and its value.
    """
    unknown = sorted(set(values) - _NAMES)
    if unknown:
        raise ScopeInvalid(field=unknown[0], value=None)
    if not isinstance(values.get("plant"), str):
        raise ScopeInvalid(field="plant", value=str(values.get("plant")))
    read = {name: _from_json(name, value) for name, value in values.items() if value is not None}
    scope = Scope(**read)
    if not 0 <= scope.rate < 1:
        raise ScopeInvalid(field="rate", value=str(scope.rate))
    if scope.start and scope.end and scope.start > scope.end:
        raise ScopeInvalid(field="end", value=values["end"])
    if scope.repair_s is not None and scope.repair_s < 0:
        raise ScopeInvalid(field="repair_s", value=str(scope.repair_s))
    return scope


def _to_json(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return [list(each) if isinstance(each, LotKey) else each for each in value]
    return value


def _from_json(name: str, value: Any) -> Any:
    try:
        return _read(name, value)
    except (TypeError, ValueError, InvalidOperation) as error:
        raise ScopeInvalid(field=name, value=str(value)[:200]) from error


def _read(name: str, value: Any) -> Any:
    if name in _INSTANTS:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ScopeInvalid(field=name, value=value)
        return at.astimezone(UTC)
    if name in _DECIMALS:
        number = Decimal(str(value))
        if not number.is_finite():
            raise ScopeInvalid(field=name, value=str(value))
        return number
    if name == "lots":
        return tuple(LotKey(*(str(part) for part in lot)) for lot in value)
    if name in _LISTS:
        return tuple(str(each) for each in value)
    if name == "repair_s":
        return int(value)
    return str(value)
