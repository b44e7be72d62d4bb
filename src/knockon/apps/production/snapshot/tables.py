"""Rows of a table as facts, read once and then only what came and went since."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from knockon.apps.plant.snapshot import as_of

Fact = TypeVar("Fact")

_Entry = tuple[tuple[Any, ...], Fact]
"""A row's place in the order, its number last, and the fact made of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactTable(Generic[Fact]):
    """How rows of a model become facts.

    Parameters
    ----------
    order
        Columns that say in which order the facts come; ``build`` may not change it.
    also
        Further columns that ``build`` reads.
    without
        Rows that are no facts, as column and value.
    """

    model: type[Model]
    order: tuple[str, ...]
    build: Callable[[Any], Fact]
    also: tuple[str, ...] = ()
    without: Mapping[str, str] = field(default_factory=dict)

    def load(
        self, *, position: int, plants: Sequence[str], known: "LoadedTable[Fact] | None" = None
    ) -> "LoadedTable[Fact]":
        """Return the facts at a journal position.

        Parameters
        ----------
        known
            The same plants' facts at an earlier position: only what changed since is read.
        """
        rows = self._standing(position=position, plants=plants)
        if known is None:
            return LoadedTable(position=position, entries=sorted(self._entries(rows), key=_PLACE))
        came = self._entries(rows.filter(recorded_id__gt=known.position))
        gone = self._gone(plants, after=known.position, until=position)
        if not came and not gone:
            return LoadedTable(position=position, entries=known.entries, facts=known.facts)
        stayed = [entry for entry in known.entries if entry[0][-1] not in gone]
        # Sorted but for its end: this takes one pass.
        return LoadedTable(position=position, entries=sorted(stayed + came, key=_PLACE))

    def came(self, *, after: int, until: int, plants: Sequence[str]) -> tuple[Fact, ...]:
        """Return the facts that came after one position and still stand at another, in no order."""
        rows = self._standing(position=until, plants=plants).filter(recorded_id__gt=after)
        return tuple(map(self.build, rows.order_by()))

    def gone(self, *, after: int, until: int, plants: Sequence[str]) -> tuple[Fact, ...]:
        """Return the facts that stood at one position and stand no more at another, in no order."""
        rows = self._standing(position=after, plants=plants)
        rows = rows.filter(retired_id__gt=after, retired_id__lte=until)
        return tuple(map(self.build, rows.order_by()))

    def among(self, chosen: Q, *, position: int, plants: Sequence[str]) -> tuple[Fact, ...]:
        """Return the facts at a position that a condition chooses, in order."""
        rows = self._standing(position=position, plants=plants).filter(chosen)
        return tuple(fact for _, fact in sorted(self._entries(rows), key=_PLACE))

    def _standing(self, *, position: int, plants: Sequence[str]) -> QuerySet[Any]:
        rows = as_of(self.model, position=position, plants=plants, also=self.also)
        return rows.exclude(**self.without) if self.without else rows

    def _entries(self, rows: QuerySet[Any]) -> list[_Entry[Fact]]:
        place, build = _place_of(self.model, self.order), self.build
        return [(place(row), build(row)) for row in rows.order_by()]

    def _gone(self, plants: Sequence[str], *, after: int, until: int) -> set[int]:
        rows = self.model._default_manager.filter(
            site_id__in=plants, retired_id__gt=after, retired_id__lte=until, recorded_id__lte=after
        )
        return set(rows.values_list("id", flat=True))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoadedTable(Generic[Fact]):
    """The facts of a table at a journal position, in order."""

    position: int
    entries: list[_Entry[Fact]]
    facts: tuple[Fact, ...] = ()

    def __post_init__(self) -> None:
        """Take the facts out of the entries."""
        if len(self.facts) != len(self.entries):
            object.__setattr__(self, "facts", tuple(fact for _, fact in self.entries))


_PLACE = itemgetter(0)


def _place_of(model: type[Model], order: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what reads a row's place in the order; an empty column comes after all others."""
    place = attrgetter(*order, "id")
    columns = {column.attname: column for column in model._meta.concrete_fields}
    if not any(columns[name].null for name in order):
        return place
    return lambda row: (*((value is None, value) for value in place(row)[:-1]), row.id)
