"""Merging rows into what is known: new, changed, unchanged, closed; in bulk."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DataError, IntegrityError, connection, models, transaction

from knockon.apps.journal.bus import Recording
from knockon.apps.production.models.bindings import Binding
from knockon.apps.production.services.rows import Fields, completed, row_hash, settle

_BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A row on its way in: where it stood, its plant, its fields and its own fields."""

    number: int
    plant: str
    fields: Fields
    plan: Fields = field(default_factory=dict)
    """Fields of the schedule version, in rows of ``operations``."""
    own: dict[str, Any] = field(default_factory=dict)
    event_id: str = ""
    corrects: str = ""
    offset_min: int | None = None
    file: str = ""
    sheet: str = ""


@dataclass(slots=True, kw_only=True)
class Stored:
    """What became of the rows of one table."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    closed: int = 0
    refused: list[tuple[NewRow, str]] = field(default_factory=list)
    """Rows that a rule of the data base refused, with the rule's name."""

    @property
    def counts(self) -> dict[str, int]:
        """Return the figures a person is shown."""
        return {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "closed": self.closed,
            "refused": len(self.refused),
        }

    @property
    def is_change(self) -> bool:
        """Whether anything is different now."""
        return bool(self.added or self.changed or self.closed)


def store_rows(
    rows: Sequence[NewRow],
    *,
    binding: Binding,
    source: str,
    entry: Recording,
    is_snapshot: bool = False,
) -> Stored:
    """Merge rows of one table; a row that breaks a rule is refused alone.

    With ``is_snapshot``, current rows of this source and these plants that are absent are
    retired.
    """
    if binding.is_fact:
        return _store_facts(rows, binding=binding, source=source, entry=entry)
    return _store_versions(
        rows, binding=binding, source=source, entry=entry, is_snapshot=is_snapshot
    )


def current_rows(binding: Binding, *, plants: Iterable[str]) -> dict[tuple[Any, ...], Any]:
    """Return the rows that are not retired, by key."""
    rows: Any = binding.model._default_manager.filter(retired=None)
    if not binding.is_shared:
        rows = rows.filter(site_id__in=list(plants))
    return {_key_of(row, binding): row for row in rows.iterator(chunk_size=10_000)}


def _store_versions(
    rows: Sequence[NewRow], *, binding: Binding, source: str, entry: Recording, is_snapshot: bool
) -> Stored:
    stored = Stored()
    known = current_rows(binding, plants={row.plant for row in rows})
    retiring: list[int] = []
    coming: dict[tuple[Any, ...], tuple[NewRow, Fields]] = {}
    for row in rows:
        key = _key_from(row, binding)
        old = known.get(key)
        fields = _overlaid(row, old, binding=binding)
        if key in coming:
            # A later row of the same file speaks again of the same thing: the last word counts.
            fields = {**coming[key][1], **settle(row.fields, binding=binding)}
        coming[key] = (row, fields)
    new: list[tuple[NewRow, Fields]] = []
    for key, (row, fields) in coming.items():
        old = known.get(key)
        if old is None:
            stored.added += 1
        elif _same(old, fields, row):
            stored.unchanged += 1
            continue
        else:
            stored.changed += 1
            retiring.append(old.pk)
        new.append((row, fields))
    if is_snapshot:
        gone = [old.pk for key, old in known.items() if key not in coming and old.source == source]
        stored.closed = len(gone)
        retiring += gone
    _retire(binding.model, retiring, entry=entry)
    _insert(new, binding=binding, source=source, entry=entry, stored=stored, known=known)
    return stored


def _store_facts(
    rows: Sequence[NewRow], *, binding: Binding, source: str, entry: Recording
) -> Stored:
    stored = Stored()
    seen: Counter[str] = Counter()
    keyed: dict[str, NewRow] = {}
    for row in rows:
        name = row.event_id
        if not name:
            name = row_hash({**row.fields, "plant": row.plant})
            seen[name] += 1
            name = f"{name}#{seen[name]}"
        keyed.setdefault(name, row)
    known = _known_keys(binding.model, source=source, keys=list(keyed))
    stored.unchanged = len(rows) - len(keyed) + len(known)
    new = []
    for name, row in keyed.items():
        if name in known:
            continue
        fields = completed(row.fields, binding=binding)
        fields["fact_key"] = name
        fields["corrects"] = row.corrects
        fields["offset_min"] = row.offset_min
        new.append((row, fields))
    corrected = [row.corrects for row in keyed.values() if row.corrects]
    _retire_corrected(binding.model, source=source, keys=corrected, entry=entry)
    stored.added = len(new)
    _insert(new, binding=binding, source=source, entry=entry, stored=stored, known={})
    return stored


def _known_keys(model: type[models.Model], *, source: str, keys: list[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(keys), _BATCH):
        part = keys[start : start + _BATCH]
        rows = model._default_manager.filter(source=source, fact_key__in=part)
        known.update(rows.values_list("fact_key", flat=True))
    return known


def _retire_corrected(
    model: type[models.Model], *, source: str, keys: list[str], entry: Recording
) -> None:
    if not keys:
        return
    rows = model._default_manager.filter(source=source, fact_key__in=keys, retired=None)
    rows.update(retired_id=entry.position)


def _retire(model: type[models.Model], ids: list[int], *, entry: Recording) -> None:
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        model._default_manager.filter(pk__in=part).update(retired_id=entry.position)


def _overlaid(row: NewRow, old: Any, *, binding: Binding) -> Fields:
    given = settle(row.fields, binding=binding)
    if old is None:
        return completed(row.fields, binding=binding)
    return {name: given[name] if name in given else getattr(old, name) for name in binding.blanks}


def _same(old: Any, fields: Fields, row: NewRow) -> bool:
    return all(getattr(old, name) == value for name, value in fields.items()) and all(
        old.own.get(name) == value for name, value in row.own.items()
    )


def _key_of(row: Any, binding: Binding) -> tuple[Any, ...]:
    site = () if binding.is_shared else (row.site_id,)
    return (*site, *(getattr(row, name) for name in binding.key))


def _key_from(row: NewRow, binding: Binding) -> tuple[Any, ...]:
    given = {name: row.fields.get(name) for name in binding.key}
    named = {
        name: binding.blanks[name] if value is None else value for name, value in given.items()
    }
    fields = settle(named, binding=binding)
    site = () if binding.is_shared else (row.plant,)
    return (*site, *(fields[name] for name in binding.key))


def _insert(
    new: list[tuple[NewRow, Fields]],
    *,
    binding: Binding,
    source: str,
    entry: Recording,
    stored: Stored,
    known: Mapping[tuple[Any, ...], Any],
) -> None:
    """Write rows by COPY; a batch that a rule refuses is halved until the bad rows are found."""
    for start in range(0, len(new), _BATCH):
        _insert_batch(
            new[start : start + _BATCH],
            binding=binding,
            source=source,
            entry=entry,
            stored=stored,
            known=known,
        )
    entry.digest(binding.table, [row_hash(fields) for _, fields in new])


def _insert_batch(
    batch: list[tuple[NewRow, Fields]],
    *,
    binding: Binding,
    source: str,
    entry: Recording,
    stored: Stored,
    known: Mapping[tuple[Any, ...], Any],
) -> None:
    if not batch:
        return
    try:
        with transaction.atomic():
            _copy(batch, binding=binding, source=source, entry=entry)
    except (IntegrityError, DataError) as error:
        if len(batch) > 1:
            middle = len(batch) // 2
            for half in (batch[:middle], batch[middle:]):
                _insert_batch(
                    half, binding=binding, source=source, entry=entry, stored=stored, known=known
                )
            return
        row, _ = batch[0]
        stored.refused.append((row, _rule_of(error)))
        _keep_old(row, binding=binding, entry=entry, stored=stored, known=known)


def _keep_old(
    row: NewRow,
    *,
    binding: Binding,
    entry: Recording,
    stored: Stored,
    known: Mapping[tuple[Any, ...], Any],
) -> None:
    """Give a refused row's predecessor back: it was retired for a row that never came."""
    old = None if binding.is_fact else known.get(_key_from(row, binding))
    if old is None:
        stored.added -= 1
        return
    stored.changed -= 1
    binding.model._default_manager.filter(pk=old.pk, retired_id=entry.position).update(retired=None)


def _copy(
    batch: list[tuple[NewRow, Fields]], *, binding: Binding, source: str, entry: Recording
) -> None:
    model = binding.model
    column_of = {each.attname: each.column for each in model._meta.concrete_fields}
    has_site = "site_id" in column_of
    names = list(batch[0][1])
    fixed = ["recorded_id", "source", "received_at", "own", *(["site_id"] if has_site else [])]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(column_of[name])) for name in (*fixed, *names))
    command = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
    # COPY runs below Django's cursor, so its errors must be turned into Django's by hand.
    wrapped = connection.wrap_database_errors
    with connection.cursor() as cursor, wrapped, cursor.copy(command) as copy:
        for row, fields in batch:
            values: list[Any] = [entry.position, source, entry.now, json.dumps(row.own)]
            if has_site:
                values.append(row.plant)
            values += [_wire(fields[name]) for name in names]
            copy.write_row(values)


def _wire(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return value


def _rule_of(error: Exception) -> str:
    """Return the name of the broken rule, or the kind of value that did not fit."""
    cause = error.__cause__
    diagnosis = getattr(cause, "diag", None)
    rule = getattr(diagnosis, "constraint_name", None)
    return str(rule or type(cause).__name__)
