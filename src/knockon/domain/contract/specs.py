"""What a table and a column of the exchange contract are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class ColumnType(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    KEY = "key"
    """Text that names a thing: NFKC and trimmed, never folded otherwise."""
    DECIMAL = "decimal"
    INTEGER = "integer"
    MONEY = "money"
    INSTANT = "instant"
    DATE = "date"
    TIME = "time"
    BOOL = "bool"
    ENUM = "enum"
    LIST = "list"
    """Texts parted by semicolons."""


class TableKind(StrEnum):
    """How new rows meet the rows that are already there."""

    MASTER = "master"
    """Updated by key; the old version is kept by the time it was recorded."""
    FACT = "fact"
    """Never edited; a correction supersedes."""
    PLAN = "plan"
    """Part of an immutable schedule version; an import makes a new one."""


class Scope(StrEnum):
    """Within what a key is unique."""

    PLANT = "plant"
    SHARED = "shared"


class DateOnly(StrEnum):
    """What a date without a time means in an instant column."""

    DAY = "day"
    """It happened some time in that day of the plant."""
    CUTOFF = "cutoff"
    """It is due at that day's shipping cut-off."""
    DAY_START = "day_start"
    """It holds from that day's first instant (validity dates)."""
    DAY_END = "day_end"
    """It holds to that day's end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSpec:
    """A column of the contract.

    Parameters
    ----------
    name
        Canonical header.
    type
        How its cells are read.
    required
        Whether a row without it is refused.
    values
        Allowed values of an ``enum`` column, in the contract's order.
    aliases
        Headers under which the systems of the trade print it; the canonical one is not repeated.
    unit
        Unit of the number, where the name does not say it (``min``, ``s``, ``day``, ``ratio``).
    date_only
        What a date without a time means.
    """

    name: str
    type: ColumnType
    required: bool = False
    values: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    unit: str | None = None
    date_only: DateOnly = DateOnly.DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """A table of the contract.

    Parameters
    ----------
    name
        Canonical name, which is also the file's stem or the sheet's name.
    columns
        The contract's columns in its order.
    companions
        Columns that may stand beside them: the plant, and what makes a bare lot unique.
    key
        Columns that name one row; empty for facts, which are named by event id or content.
    either
        Groups of columns of which each row needs at least one.
    titles
        Names under which the systems of the trade print the whole list.
    """

    name: str
    kind: TableKind
    scope: Scope
    columns: tuple[ColumnSpec, ...]
    companions: tuple[ColumnSpec, ...] = ()
    key: tuple[str, ...] = ()
    either: tuple[tuple[str, ...], ...] = ()
    titles: tuple[str, ...] = ()
    by_name: Mapping[str, ColumnSpec] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found = {column.name: column for column in (*self.columns, *self.companions)}
        object.__setattr__(self, "by_name", MappingProxyType(found))

    @property
    def fields(self) -> tuple[ColumnSpec, ...]:
        """Every column that a file may carry: the contract's, then the companions."""
        return (*self.columns, *self.companions)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns without which a row is refused."""
        return tuple(column.name for column in self.columns if column.required)


PLANT_ALIASES = (
    "廠別|工廠|廠區|廠別代號|工廠代號|工厂|工厂编码|库存组织|生产组织|Plnt|Werk|WERKS|Site|Factory"
)


def column(
    name: str,
    type_: ColumnType = ColumnType.TEXT,
    aliases: str = "",
    /,
    *,
    required: bool = False,
    values: str = "",
    unit: str | None = None,
    date_only: DateOnly = DateOnly.DAY,
) -> ColumnSpec:
    """Return a column; ``aliases`` are parted by ``|``, ``values`` by blanks."""
    return ColumnSpec(
        name=name,
        type=type_,
        required=required,
        values=tuple(values.split()),
        aliases=_parted(aliases),
        unit=unit,
        date_only=date_only,
    )


def key(name: str, aliases: str = "", /, *, required: bool = False) -> ColumnSpec:
    """Return a key column."""
    return column(name, ColumnType.KEY, aliases, required=required)


def table(
    name: str,
    kind: TableKind,
    columns: tuple[ColumnSpec, ...],
    /,
    *,
    row_key: str = "",
    scope: Scope = Scope.PLANT,
    companions: tuple[ColumnSpec, ...] = (),
    either: tuple[tuple[str, ...], ...] = (),
    titles: str = "",
) -> TableSpec:
    """Return a table that may also carry ``plant``; ``row_key`` is parted by blanks."""
    names = {each.name for each in columns}
    extra = () if "plant" in names else (key("plant", PLANT_ALIASES),)
    return TableSpec(
        name=name,
        kind=kind,
        scope=scope,
        columns=columns,
        companions=(*companions, *extra),
        key=tuple(row_key.split()),
        either=either,
        titles=_parted(titles),
    )


def _parted(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())
