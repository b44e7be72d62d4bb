"""Editing master data by hand: the same versions as an import makes, one row at a time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from knockon.apps.journal.bus import recording
from knockon.apps.journal.models import Versioned
from knockon.apps.production.models import Delivery
from knockon.apps.production.models.bindings import binding_of
from knockon.apps.production.services.storing import NewRow, store_rows
from knockon.domain.access import Right, Viewer
from knockon.domain.errors import KnockonError
from knockon.domain.events import FactsImported

BY_HAND = "by hand"


class RowRefused(KnockonError):
    """The row breaks a rule of its table; the data name the rule."""

    code = "row_refused"


def save_master(
    table: str, *, plant: str, fields: Mapping[str, Any], viewer: Viewer, now: datetime
) -> Versioned:
    """Write one row of a master table as a new version and return it.

    Publishes ``FactsImported``, so that open disruptions are answered again.

    Raises
    ------
    NotAllowed
        The viewer may not edit master data there.
    RowRefused
        A rule of the table is broken.
    """
    viewer.require(Right.EDIT_MASTER, plant=plant or None)
    binding = binding_of(table)
    row = NewRow(number=1, plant=plant, fields=dict(fields))
    with recording(actor=viewer.actor, action="master_edited", now=now, plant=plant) as entry:
        stored = store_rows([row], binding=binding, source=BY_HAND, entry=entry)
        if stored.refused:
            raise RowRefused(table=table, rule=stored.refused[0][1])
        current: Any = binding.model._default_manager.filter(retired=None)
        named = {name: fields[name] for name in binding.key if name in fields}
        if not binding.is_shared:
            named["site_id"] = plant
        saved: Versioned = current.get(**named)
        if not stored.is_change:
            entry.discard()
            return saved
        note_delivery(table, plant, entry_position=entry.position, now=now)
        entry.data.update(table=table, key={name: str(value) for name, value in named.items()})
        entry.publish(FactsImported(plant=plant, position=entry.position, tables=(table,)))
    return saved


def retire_master(table: str, *, row_id: int, plant: str, viewer: Viewer, now: datetime) -> None:
    """Take one row of a master table out of use; its history stays.

    Publishes ``FactsImported``.

    Raises
    ------
    NotAllowed
        The viewer may not edit master data there.
    """
    viewer.require(Right.EDIT_MASTER, plant=plant or None)
    binding = binding_of(table)
    with recording(actor=viewer.actor, action="master_retired", now=now, plant=plant) as entry:
        rows = binding.model._default_manager.filter(pk=row_id, retired=None)
        if not rows.update(retired_id=entry.position):
            entry.discard()
            return
        note_delivery(table, plant, entry_position=entry.position, now=now)
        entry.data.update(table=table, row=row_id)
        entry.digest(table, [row_id])
        entry.publish(FactsImported(plant=plant, position=entry.position, tables=(table,)))


def note_delivery(table: str, plant: str, *, entry_position: int, now: datetime) -> None:
    """Note that a table got rows by hand, so that answers are computed on them."""
    Delivery.objects.create(
        plant=plant, source=BY_HAND, table=table, recorded_id=entry_position, at=now
    )
