"""A person's hand on a draft: other tables, other columns, other cells, a saved mapping."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from knockon.apps.production.models import ImportDraft
from knockon.apps.production.selectors import load_saved_mapping
from knockon.apps.production.services.draft_files import load_sheets
from knockon.apps.production.services.drafts import look_again, workable_draft
from knockon.apps.production.services.importing import mappings_for
from knockon.apps.production.services.previews import (
    is_for,
    mapping_of,
    meant_for,
    set_mappings,
)
from knockon.domain.access import Viewer
from knockon.domain.errors import KnockonError
from knockon.domain.mapping import FieldMapping, TableMapping
from knockon.domain.mapping_choices import MappingChoices, with_choices
from knockon.domain.mapping_json import check_mapping, load_mapping
from knockon.ports.connector import Connector, RawSheet


class MappingSuitsNothing(KnockonError):
    """A saved mapping reads none of the draft's lists."""

    code = "mapping_suits_nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPlace:
    """One list of a draft as one table: file, sheet, and the table that it is read as.

    ``table`` is empty for a list that is left out so far.
    """

    file: str
    sheet: str
    table: str = ""


@transaction.atomic
def choose_table(
    draft_id: int,
    place: ListPlace,
    *,
    table: str,
    connector: Connector,
    viewer: Viewer,
    now: datetime,
) -> ImportDraft:
    """Read a list as another table, as one table more, or (an empty ``table``) not as this one.

    Raises
    ------
    DraftUnknown, DraftBusy, DraftDone
        It is not the viewer's, is being worked on, or is imported.
    UnknownTable, FileRefused
        There is no such table, or the list has no header.
    """
    draft = workable_draft(draft_id, viewer=viewer)
    sheets = load_sheets(draft, connector=connector)
    mappings = list(mapping_of(draft).mappings)
    mine = [each for each in mappings if is_for(each, file=place.file, sheet=place.sheet)]
    if table not in {each.table for each in mine}:
        fresh = [
            meant_for(sheet, connector.propose(sheet, table=table))
            for sheet in sheets
            if table and (sheet.file, sheet.name) == (place.file, place.sheet)
        ]
        position = _position(mappings, place)
        mappings[position : position + 1] = fresh
        set_mappings(draft, mappings)
    return look_again(draft, sheets, connector=connector, now=now)


@transaction.atomic
def choose_columns(
    draft_id: int,
    place: ListPlace,
    choices: MappingChoices,
    *,
    connector: Connector,
    viewer: Viewer,
    now: datetime,
) -> ImportDraft:
    """Read a list's columns, dates, values and rows as the person says.

    Raises
    ------
    DraftUnknown, DraftBusy, DraftDone
        It is not the viewer's, is being worked on, or is imported.
    MappingRefused, UnknownColumn
        The choices ask for what the contract does not have.
    """
    draft = workable_draft(draft_id, viewer=viewer)
    sheets = load_sheets(draft, connector=connector)
    mappings = list(mapping_of(draft).mappings)
    position = _position(mappings, place)
    for sheet in sheets:
        if position < len(mappings) and (sheet.file, sheet.name) == (place.file, place.sheet):
            mappings[position] = _chosen(
                mappings[position], choices, sheet=sheet, connector=connector
            )
    set_mappings(draft, mappings)
    return look_again(draft, sheets, connector=connector, now=now)


@transaction.atomic
def use_mapping(
    draft_id: int,
    *,
    connector: Connector,
    viewer: Viewer,
    now: datetime,
    text: str = "",
    mapping_id: int | None = None,
) -> ImportDraft:
    """Read the draft's lists by a saved mapping or a mapping's JSON; what it does not suit stays.

    Raises
    ------
    DraftUnknown, DraftBusy, DraftDone, MappingUnknown
        It is not the viewer's, is being worked on, or is imported; there is no such mapping.
    MappingRefused, MappingSuitsNothing
        The text is no mapping, or none of the lists is one that it was made for.
    """
    draft = workable_draft(draft_id, viewer=viewer)
    if mapping_id is not None:
        text = json.dumps(load_saved_mapping(mapping_id, viewer=viewer).mapping)
    wanted = load_mapping(text).mappings
    sheets = load_sheets(draft, connector=connector)
    before = mapping_of(draft).mappings
    mappings: list[TableMapping] = []
    found = False
    for sheet in sheets:
        suiting = mappings_for(sheet, wanted, connector=connector)
        found = found or bool(suiting)
        mine = [each for each in before if is_for(each, file=sheet.file, sheet=sheet.name)]
        mappings += [meant_for(sheet, each) for each in suiting] or mine
    if not found:
        raise MappingSuitsNothing
    set_mappings(draft, mappings)
    return look_again(draft, sheets, connector=connector, now=now)


@transaction.atomic
def fix_cell(
    draft_id: int,
    *,
    cell: Mapping[str, Any],
    connector: Connector,
    viewer: Viewer,
    now: datetime,
) -> ImportDraft:
    """Correct one cell of a dropped file; the file itself stays as it came.

    ``cell`` holds ``file``, ``sheet``, ``row``, ``column`` (the printed header) and ``value``.

    Raises
    ------
    DraftUnknown, DraftBusy, DraftDone
        It is not the viewer's, is being worked on, or is imported.
    """
    draft = workable_draft(draft_id, viewer=viewer)
    place = ("file", "sheet", "row", "column")
    kept = [fix for fix in draft.fixes if any(fix[name] != cell[name] for name in place)]
    draft.fixes = [*kept, {**{name: cell[name] for name in place}, "value": cell["value"]}]
    sheets = load_sheets(draft, connector=connector)
    return look_again(draft, sheets, connector=connector, now=now)


def _position(mappings: Sequence[TableMapping], place: ListPlace) -> int:
    """Return where the mapping of this list for this table stands; the end when there is none."""
    for position, each in enumerate(mappings):
        if each.table == place.table and is_for(each, file=place.file, sheet=place.sheet):
            return position
    return len(mappings)


def _chosen(
    mapping: TableMapping, choices: MappingChoices, *, sheet: RawSheet, connector: Connector
) -> TableMapping:
    def propose(header: str, target: str) -> FieldMapping:
        proposed = connector.propose(sheet, table=mapping.table, chosen={header: target})
        return next(each for each in proposed.fields if each.field == target)

    chosen = with_choices(mapping, choices, propose=propose)
    check_mapping(chosen)
    return chosen
