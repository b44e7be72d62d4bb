"""An import draft as a page shows it: lists, what they were taken for, what would happen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from knockon.apps.production.models import ImportDraft
from knockon.apps.production.models.bindings import STORED_TABLES
from knockon.apps.production.reason_texts import (
    column_text,
    data_error_text,
    note_text,
    refusal_text,
    table_text,
)
from knockon.apps.production.services.previews import UNNAMED, is_for, mapping_of
from knockon.domain.contract import TABLES
from knockon.domain.mapping import TableMapping
from knockon.domain.mapping_choices import KEPT_AS_OWN, role_of
from knockon.domain.reasons import Reason
from knockon.web.choices import Choice, Group
from knockon.web.reading_rules import Reading, reading_of

COUNTS: Sequence[tuple[str, object]] = (
    ("added", gettext_lazy("New")),
    ("changed", gettext_lazy("Changed")),
    ("unchanged", gettext_lazy("Known")),
)
_SHOWN_REFUSALS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCard:
    """One list of the files: what it was taken for, and what may be chosen instead."""

    number: int
    file: str
    sheet: str
    title: str
    readings: tuple[Reading, ...]
    more_tables: tuple[Group, ...]
    problem: str = ""
    needs_person: bool = False
    notes: tuple[str, ...] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCell:
    """A cell that a person may mend."""

    column: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row that would be left out, and why."""

    number: int
    file: str
    sheet: str
    table: str
    row: int
    names: str
    column: str
    value: str
    code: str
    why: str
    cells: tuple[RefusedCell, ...] = field(default=())


def draft_context(draft: ImportDraft, *, opened: str = "", everything: bool) -> dict[str, Any]:
    """Return everything the page of a draft shows.

    Parameters
    ----------
    opened
        ``file/sheet`` of the list whose card stands open.
    everything
        Show all refused rows that were kept, not only the first.
    """
    preview: dict[str, Any] = draft.preview or {}
    name: str = (draft.mapping or {}).get("name", "")
    refused = [_refused(number, each) for number, each in enumerate(preview.get("refused", []))]
    rows = [each for each in refused if each.row]
    shown = rows if everything else rows[:_SHOWN_REFUSALS]
    hidden = preview.get("refused_count", 0) - len(refused) + len(rows) - len(shown)
    return {
        "draft": draft,
        "is_busy": draft.state in {ImportDraft.State.READING, ImportDraft.State.IMPORTING},
        "error": _error(draft.error),
        "file_errors": [_error(each["error"]) for each in draft.files if each.get("error")],
        "counts": count_rows(preview),
        "refused": shown,
        "hidden": hidden,
        "may_show_more": len(rows) > len(shown),
        "refused_total": sum(preview.get("refused_rows", {}).values()),
        "lists": _cards(draft, refused=refused, opened=opened),
        "totals": sum(each.get("totals", 0) for each in preview.get("lists", [])),
        "doubts": [_note(each) for each in preview.get("notes", []) if _is_doubt(each)],
        "rule_name": "" if name.startswith(UNNAMED) else name,
        "is_anything": any(
            counts["added"] or counts["changed"] for counts in preview.get("tables", {}).values()
        ),
        "is_known": any(counts["unchanged"] for counts in preview.get("tables", {}).values()),
    }


def count_rows(preview: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a line for each table: how many rows are new, changed, known and refused."""
    tables: Mapping[str, Mapping[str, int]] = preview.get("tables", {})
    refused: Mapping[str, int] = preview.get("refused_rows", {})
    named = [name for name in TABLES if name in tables or refused.get(name)]
    return [
        {
            "table": table_text(name),
            "counts": [
                {"label": label, "value": tables.get(name, {}).get(kind, 0)}
                for kind, label in COUNTS
            ],
            "refused": refused.get(name, 0),
        }
        for name in named
    ]


def _error(error: Mapping[str, Any]) -> str:
    return data_error_text(error["code"], error.get("data", {})) if error else ""


def _refused(number: int, refusal: Mapping[str, Any]) -> RefusedRow:
    reason = Reason(**refusal["reason"])
    table, header = refusal["table"], refusal["column"]
    if not refusal["cells"] and header in TABLES[table].by_name:
        header = column_text(table, header)
    return RefusedRow(
        number=number,
        file=refusal["file"],
        sheet=refusal["sheet"],
        table=table,
        row=refusal["row"],
        names=_(", ").join(each["value"] for each in refusal["names"] if each["value"]),
        column=header,
        value=refusal["value"],
        code=reason.code,
        why=refusal_text(reason, table=table, column=header),
        cells=tuple(RefusedCell(**each) for each in refusal["cells"]),
    )


def _is_doubt(note: Mapping[str, Any]) -> bool:
    """Return whether a note is about the rows; what the columns are is said beside them."""
    return bool(note["code"] == "control_total_differs")


def _note(note: Mapping[str, Any]) -> str:
    return note_text(Reason(code=note["code"], params=note["params"]))


def _cards(draft: ImportDraft, *, refused: Sequence[RefusedRow], opened: str) -> list[ListCard]:
    mappings = mapping_of(draft).mappings
    files = Counter(each["file"] for each in draft.sheets)
    cards = [
        _card(
            number,
            sheet,
            mappings=[
                each for each in mappings if is_for(each, file=sheet["file"], sheet=sheet["sheet"])
            ],
            refused=refused,
            lists=(draft.preview or {}).get("lists", []),
            opened=opened,
            is_one_of_many=files[sheet["file"]] > 1,
        )
        for number, sheet in enumerate(draft.sheets)
    ]
    # What waits for a person comes first; the rest stays as the files came.
    return sorted(cards, key=lambda card: not card.needs_person)


def _card(
    number: int,
    sheet: Mapping[str, Any],
    *,
    mappings: Sequence[TableMapping],
    refused: Sequence[RefusedRow],
    lists: Sequence[Mapping[str, Any]],
    opened: str,
    is_one_of_many: bool,
) -> ListCard:
    file, name = sheet["file"], sheet["sheet"]
    mine = [each for each in refused if (each.file, each.sheet) == (file, name)]
    problem = _error(sheet.get("error", {})) or next((e.why for e in mine if not e.row), "")
    counts = {
        each["table"]: each for each in lists if (each["file"], each["sheet"]) == (file, name)
    }
    readings = tuple(
        reading_of(
            mapping,
            sheet,
            tables=table_groups(sheet, chosen=mapping.table),
            said=(*_counts_text(counts.get(mapping.table)), *_own_text(mapping, sheet)),
            unknown=_unknown_values(mine, table=mapping.table),
        )
        for mapping in mappings
    )
    is_unlinked = any(each.is_unlinked for each in readings)
    return ListCard(
        number=number,
        file=file,
        sheet=name,
        title=file
        if not is_one_of_many
        else _("%(file)s, sheet %(sheet)s") % {"file": file, "sheet": name},
        readings=readings,
        more_tables=table_groups(sheet, chosen=""),
        problem=problem,
        needs_person=bool(problem) or is_unlinked,
        notes=tuple(_note(each) for each in sheet.get("notes", [])),
        is_open=bool(problem) or is_unlinked or opened == f"{file}/{name}",
    )


def table_groups(sheet: Mapping[str, Any], *, chosen: str) -> tuple[Group, ...]:
    """Return the tables that a list may be, the likely ones first."""
    likely = [each["table"] for each in sheet.get("tables", [])]
    likely = [chosen, *(each for each in likely if each != chosen)] if chosen else likely
    rest = [name for name in ("plants", *STORED_TABLES) if name not in likely]
    return (
        Group(label=_("Likely"), choices=tuple(_table(name, chosen) for name in likely)),
        Group(label=_("All lists"), choices=tuple(_table(name, chosen) for name in rest)),
    )


def _table(name: str, chosen: str) -> Choice:
    return Choice(value=name, label=table_text(name), is_chosen=name == chosen)


def _counts_text(counts: Mapping[str, Any] | None) -> tuple[str, ...]:
    if counts is None:
        return ()
    said = ngettext(
        "%(taken)s of %(read)s row can be taken.",
        "%(taken)s of %(read)s rows can be taken.",
        counts["read"],
    ) % {"taken": counts["taken"], "read": counts["read"]}
    if not counts["filtered"]:
        return (said,)
    left = ngettext(
        "%(count)s row is left out by the rules below.",
        "%(count)s rows are left out by the rules below.",
        counts["filtered"],
    ) % {"count": counts["filtered"]}
    return said, left


def _own_text(mapping: TableMapping, sheet: Mapping[str, Any]) -> tuple[str, ...]:
    own = [
        each["header"]
        for each in sheet["columns"]
        if each["samples"] and role_of(mapping, each["header"]) == KEPT_AS_OWN
    ]
    if not own or mapping.cross_tab is not None:
        return ()
    said = ngettext(
        "%(count)s column is kept as an own field.",
        "%(count)s columns are kept as own fields.",
        len(own),
    )
    return (said % {"count": len(own)},)


def _unknown_values(refused: Sequence[RefusedRow], *, table: str) -> dict[str, list[str]]:
    """Return header → what it holds that nobody has given a meaning yet."""
    found: dict[str, list[str]] = {}
    for each in refused:
        if each.table == table and each.code == "unknown_value":
            values = found.setdefault(each.column, [])
            if each.value not in values:
                values.append(each.value)
    return found
