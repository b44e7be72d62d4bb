"""A person's choices for one list, put into its mapping; what nobody touched stays as it was."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from knockon.domain.contract import ColumnType, table_of
from knockon.domain.mapping import FieldMapping, RowFilter, TableMapping

KEPT_AS_OWN = "own"
"""The column is kept as an own field of the table."""
LEFT_OUT = ""
"""The column is not read at all."""

Propose = Callable[[str, str], FieldMapping]
"""Given a header and the contract's column that it shall be: how it is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingChoices:
    """What a person chose for one list.

    Parameters
    ----------
    columns
        Header to the contract's column, ``KEPT_AS_OWN`` or ``LEFT_OUT``, in the list's order.
    forms
        Contract column to date or number form; an empty text is the usual form.
    separators
        Contract column to what joins the parts of its key.
    values
        Contract column to what the file writes and what it means; words that are not named keep
        their meaning, an empty meaning forgets it.
    filters
        Rows must pass them all; None leaves the filters as they are.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    separators: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    filters: tuple[RowFilter, ...] | None = None


def role_of(mapping: TableMapping, header: str) -> str:
    """Return the contract column that the header is read as first, or what else becomes of it."""
    for each in mapping.fields:
        if header in each.sources:
            return each.field
    kept = mapping.keep_own and header not in mapping.ignored
    return KEPT_AS_OWN if kept else LEFT_OUT


def missing_columns(mapping: TableMapping) -> tuple[str, ...]:
    """Return the contract columns without which no row of the list could be taken."""
    if mapping.cross_tab is not None:
        return ()
    spec = table_of(mapping.table)
    given = {each.field for each in mapping.fields}
    if mapping.plant is not None:
        given.add("plant")
    absent = [name for name in spec.required if name not in given]
    for group in spec.either:
        if not given.intersection(group):
            absent += group
    return tuple(absent)


def with_choices(
    mapping: TableMapping, choices: MappingChoices, *, propose: Propose
) -> TableMapping:
    """Return the mapping as the person wants it.

    Two columns chosen for one key are joined in the list's order; for anything else the last one
    chosen counts, and the other becomes an own field.
    """
    changed = {
        header: target
        for header, target in choices.columns.items()
        if target != role_of(mapping, header)
    }
    freed = _without_headers(mapping.fields, changed)
    order = list(choices.columns)
    fields = {each.field: each for each in freed}
    for header, target in changed.items():
        if target not in {KEPT_AS_OWN, LEFT_OUT}:
            proposed = propose(header, target)
            fields[target] = _placed(proposed, fields.get(target), mapping=mapping, order=order)
    ignored = [each for each in mapping.ignored if each not in changed]
    ignored += [header for header, target in changed.items() if target == LEFT_OUT]
    return replace(
        mapping,
        fields=tuple(_tuned(each, choices) for each in fields.values()),
        ignored=tuple(ignored),
        filters=mapping.filters if choices.filters is None else choices.filters,
    )


def _without_headers(
    fields: Iterable[FieldMapping], headers: Mapping[str, str]
) -> list[FieldMapping]:
    found = []
    for each in fields:
        sources = tuple(source for source in each.sources if source not in headers)
        if sources or not each.sources:
            found.append(replace(each, sources=sources))
    return found


def _placed(
    proposed: FieldMapping,
    existing: FieldMapping | None,
    *,
    mapping: TableMapping,
    order: list[str],
) -> FieldMapping:
    column = table_of(mapping.table).by_name.get(proposed.field)
    is_key = column is not None and column.type is ColumnType.KEY
    if existing is None or not existing.sources or not is_key:
        return proposed
    parts = {*existing.sources, *proposed.sources}
    known = [header for header in order if header in parts]
    rest = [header for header in (*existing.sources, *proposed.sources) if header not in order]
    return replace(existing, sources=(*known, *dict.fromkeys(rest)), part=None)


def _tuned(each: FieldMapping, choices: MappingChoices) -> FieldMapping:
    if each.field in choices.forms:
        each = replace(each, form=choices.forms[each.field] or None)
    if each.field in choices.separators:
        each = replace(each, separator=choices.separators[each.field])
    if each.field in choices.values:
        meant = {**each.value_map, **choices.values[each.field]}
        each = replace(each, value_map={word: value for word, value in meant.items() if value})
    return each
