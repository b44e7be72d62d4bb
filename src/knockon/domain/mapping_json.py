"""Save and load mappings as JSON, refusing what a mapping may not hold."""

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from knockon.domain.contract import ColumnType, column_of, table_of
from knockon.domain.contract.dates import DateForm
from knockon.domain.contract.quantities import NumberForm
from knockon.domain.errors import KnockonError
from knockon.domain.mapping import (
    MAPPING_VERSION,
    OWN,
    FieldMapping,
    MappingSet,
    TableMapping,
)

MAX_JSON_CHARS = 1_000_000
MAX_TEXT = 1000
MAX_LIST = 2000

DATED = frozenset({ColumnType.INSTANT, ColumnType.DATE})
COUNTED = frozenset({ColumnType.DECIMAL, ColumnType.MONEY, ColumnType.INTEGER})


class MappingRefused(KnockonError):
    """A saved mapping is not one, or asks for what the contract does not have.

    Parameters
    ----------
    where
        Path in the document, such as ``mappings[0].fields[3].form``.
    why
        Stable reason code.
    """

    code = "mapping_refused"

    def __init__(self, *, where: str, why: str, value: str = "") -> None:
        super().__init__(where=where, why=why, value=value[:200])


def dump_mapping(saved: MappingSet) -> str:
    """Return the mapping as indented JSON; what has its default value is left out."""
    return json.dumps(_plain(saved), ensure_ascii=False, indent=2) + "\n"


def load_mapping(text: str) -> MappingSet:
    """Return the mapping that the JSON holds.

    Raises
    ------
    MappingRefused
        Not JSON, an unknown or missing member, a value of the wrong type, a table, column or form
        that does not exist, a field mapped twice, a newer version than this program knows.
    UnknownTable, UnknownColumn
        The contract has no such table or column.
    """
    if len(text) > MAX_JSON_CHARS:
        raise MappingRefused(where="", why="too_long")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MappingRefused(where="", why="not_json") from error
    saved = _decoded(document, MappingSet, where="")
    assert isinstance(saved, MappingSet)
    if saved.version != MAPPING_VERSION:
        raise MappingRefused(where="version", why="unknown_version", value=str(saved.version))
    if not saved.mappings:
        raise MappingRefused(where="mappings", why="empty")
    for place, mapping in enumerate(saved.mappings):
        check_mapping(mapping, where=f"mappings[{place}]")
    return saved


def check_mapping(mapping: TableMapping, *, where: str = "") -> None:
    """Raise ``MappingRefused`` when the mapping asks for what cannot be."""
    table_of(mapping.table)
    if mapping.version != MAPPING_VERSION:
        raise MappingRefused(where=f"{where}.version", why="unknown_version")
    if not mapping.header_rows or any(row < 1 for row in mapping.header_rows):
        raise MappingRefused(where=f"{where}.header_rows", why="no_header_row")
    seen: set[str] = set()
    for place, each in enumerate(mapping.fields):
        path = f"{where}.fields[{place}]"
        if each.field in seen:
            raise MappingRefused(where=path, why="mapped_twice", value=each.field)
        seen.add(each.field)
        _check_field(each, table=mapping.table, where=path)
    for place, row_filter in enumerate(mapping.filters):
        if row_filter.op == "above" and not _is_number(row_filter.values):
            raise MappingRefused(where=f"{where}.filters[{place}].values", why="not_a_number")


def _check_field(each: FieldMapping, *, table: str, where: str) -> None:
    origins = (bool(each.sources), each.constant is not None, each.derive is not None)
    if sum(origins) != 1:
        raise MappingRefused(where=where, why="needs_one_origin", value=each.field)
    if each.factor is not None and (not each.factor.is_finite() or not each.factor):
        raise MappingRefused(where=f"{where}.factor", why="not_a_factor", value=str(each.factor))
    if each.derive is not None and each.derive.step < 1:
        raise MappingRefused(where=f"{where}.derive.step", why="not_a_step")
    if each.field.startswith(OWN):
        if not each.field.removeprefix(OWN):
            raise MappingRefused(where=f"{where}.field", why="empty")
        return
    kind = column_of(table, each.field).type
    allowed: set[str] = set()
    if kind in DATED:
        allowed = set(DateForm)
    elif kind in COUNTED:
        allowed = set(NumberForm)
    if each.form is not None and each.form not in allowed:
        raise MappingRefused(where=f"{where}.form", why="unknown_form", value=each.form)


def _is_number(values: tuple[str, ...]) -> bool:
    try:
        return len(values) == 1 and Decimal(values[0]).is_finite()
    except InvalidOperation:
        return False


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        members = {each.name: getattr(value, each.name) for each in fields(value)}
        return {
            each.name: _plain(members[each.name])
            for each in fields(value)
            if each.name == "version" or not _is_default(each, members[each.name])
        }
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _is_default(each: Any, value: object) -> bool:
    if each.default_factory is not MISSING:
        return bool(value == each.default_factory())
    return each.default is not MISSING and bool(value == each.default)


@cache
def _members(kind: type) -> Mapping[str, tuple[Any, bool]]:
    """Return name → (type, required) of a dataclass."""
    hints = get_type_hints(kind)
    return {
        each.name: (
            hints[each.name],
            each.default is MISSING and each.default_factory is MISSING,
        )
        for each in fields(kind)
    }


def _decoded(value: object, kind: Any, *, where: str) -> object:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        (kind,) = (each for each in get_args(kind) if each is not type(None))
        return _decoded(value, kind, where=where)
    if origin is tuple:
        return _decoded_list(value, get_args(kind)[0], where=where)
    if origin is not None and issubclass(origin, Mapping):
        return _decoded_texts(value, where=where)
    if is_dataclass(kind):
        assert isinstance(kind, type)
        return _decoded_object(value, kind, where=where)
    return _decoded_scalar(value, kind, where=where)


def _decoded_object(value: object, kind: type, *, where: str) -> object:
    if not isinstance(value, dict):
        raise MappingRefused(where=where, why="not_an_object", value=repr(value))
    members = _members(kind)
    for name in value:
        if name not in members:
            raise MappingRefused(where=_path(where, name), why="unknown_member", value=str(name))
    for name, (_, required) in members.items():
        if required and name not in value:
            raise MappingRefused(where=_path(where, name), why="missing")
    given = {
        name: _decoded(each, members[name][0], where=_path(where, name))
        for name, each in value.items()
    }
    return kind(**given)


def _decoded_list(value: object, kind: Any, *, where: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise MappingRefused(where=where, why="not_a_list", value=repr(value))
    if len(value) > MAX_LIST:
        raise MappingRefused(where=where, why="too_long")
    return tuple(
        _decoded(each, kind, where=f"{where}[{place}]") for place, each in enumerate(value)
    )


def _decoded_texts(value: object, *, where: str) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > MAX_LIST:
        raise MappingRefused(where=where, why="not_an_object", value=repr(value))
    return {
        str(_decoded_scalar(name, str, where=where)): str(
            _decoded_scalar(each, str, where=f"{where}.{name}")
        )
        for name, each in value.items()
    }


def _decoded_scalar(value: object, kind: type, *, where: str) -> object:
    if kind is Decimal:
        return _decoded_decimal(value, where=where)
    if issubclass(kind, StrEnum):
        if not isinstance(value, str) or value not in set(kind):
            raise MappingRefused(where=where, why="unknown_choice", value=repr(value))
        return kind(value)
    # JSON's true is no number, though Python's bool is an int.
    if type(value) is not kind:
        raise MappingRefused(where=where, why="wrong_type", value=repr(value))
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise MappingRefused(where=where, why="too_long")
    return value


def _decoded_decimal(value: object, *, where: str) -> Decimal:
    try:
        return Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation as error:
        raise MappingRefused(where=where, why="not_a_number", value=repr(value)) from error


def _path(where: str, name: object) -> str:
    return f"{where}.{name}" if where else str(name)
