"""What changed between two impact documents: rows that came, rows that went, rows that differ.

Answers change when facts come late or are corrected, when a scope is revised, and when time passes.
Whoever was told the older answer needs the difference only.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Row = Mapping[str, Any]

PART_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "operations": ("work_order", "seq"),
    "lots": ("issuer", "item", "lot"),
    "orders": ("order", "line"),
    "unpegged": ("item",),
    "customers": ("customer",),
    "shipments": ("shipment", "lot"),
    "places": ("item", "uom"),
    "gaps": ("code", "where"),
}
"""What names a row in each list of the document."""
_TOLD_BY_NAME: Final = frozenset({"path", "ways_out"})
"""Fields too long to be repeated: that they changed is said, not from what to what."""
_GROWS_BY_ITSELF: Final = frozenset({"p_late"})
"""A stop that lasts makes a long repair more probable by the minute: that alone is no news."""
_OF_THE_CASE: Final = ("kind", "severity", "scope", "repair_s", "repair_basis")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field that differs; both values are None where only the name is told."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """A row that both documents have, and how it differs."""

    key: tuple[str, ...]
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDifference:
    """How one list of the document changed; rows are whole, in their document's order."""

    added: tuple[Row, ...] = ()
    removed: tuple[Row, ...] = ()
    changed: tuple[RowChange, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything changed."""
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactDifference:
    """How an answer changed.

    Parameters
    ----------
    case
        What is asked differently: the scope or the repair time.
    parts
        By name of the list, in the document's order; unchanged lists are left out.
    """

    case: tuple[FieldChange, ...] = ()
    parts: Mapping[str, PartDifference]

    def __bool__(self) -> bool:
        """Return whether anything changed."""
        return bool(self.case or self.parts)

    def part(self, name: str) -> PartDifference:
        """Return how one list changed."""
        return self.parts.get(name, PartDifference())


def difference_of(old: Row, new: Row) -> ImpactDifference:
    """Return what the newer of two impact documents says differently.

    When it was asked and how long that took is no difference; neither is another snapshot.
    """
    parts = {
        name: _part(old.get(name) or (), new.get(name) or (), key=key)
        for name, key in PART_KEYS.items()
    }
    return ImpactDifference(
        case=tuple(_fields(old["disruption"], new["disruption"], names=_OF_THE_CASE)),
        parts={name: part for name, part in parts.items() if part},
    )


def difference_values(difference: ImpactDifference) -> dict[str, Any]:
    """Return the difference as JSON values."""
    return {
        "case": [_field_values(change) for change in difference.case],
        "parts": {
            name: {
                "added": [dict(row) for row in part.added],
                "removed": [dict(row) for row in part.removed],
                "changed": [
                    {
                        "key": list(change.key),
                        "fields": [_field_values(each) for each in change.fields],
                    }
                    for change in part.changed
                ],
            }
            for name, part in difference.parts.items()
        },
    }


def _field_values(change: FieldChange) -> dict[str, Any]:
    return {"field": change.field, "old": change.old, "new": change.new}


def _part(old: Sequence[Row], new: Sequence[Row], *, key: tuple[str, ...]) -> PartDifference:
    before, after = dict(_keyed(old, key)), dict(_keyed(new, key))
    changes = (
        RowChange(key=name, fields=tuple(_fields(before[name], row, names=_told_of(row))))
        for name, row in after.items()
        if name in before
    )
    return PartDifference(
        added=tuple(row for name, row in after.items() if name not in before),
        removed=tuple(row for name, row in before.items() if name not in after),
        changed=tuple(change for change in changes if change.fields),
    )


def _told_of(row: Row) -> tuple[str, ...]:
    """Return the fields of which a difference is told."""
    return tuple(name for name in row if name not in _GROWS_BY_ITSELF)


def _keyed(rows: Sequence[Row], key: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Row]]:
    """Yield the rows by key; of rows with one key each further one has its number in it."""
    seen: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        name = tuple("" if row[part] is None else str(row[part]) for part in key)
        seen[name] += 1
        yield (name if seen[name] == 1 else (*name, f"#{seen[name]}")), row


def _fields(old: Row, new: Row, *, names: Sequence[str]) -> Iterator[FieldChange]:
    for name in names:
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        if name in _TOLD_BY_NAME:
            before = after = None
        yield FieldChange(field=name, old=before, new=after)
