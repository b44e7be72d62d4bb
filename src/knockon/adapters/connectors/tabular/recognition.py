"""Propose how each list of a file becomes tables of the contract."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from knockon.adapters.connectors.tabular.cross_tab_search import cross_tab_recognition
from knockon.adapters.connectors.tabular.evidence import Profile, body_sample, profiles
from knockon.adapters.connectors.tabular.header_search import detect_layout, title_texts
from knockon.adapters.connectors.tabular.layout import Layout
from knockon.adapters.connectors.tabular.lexicon import plain
from knockon.adapters.connectors.tabular.matching import (
    GOOD_ENOUGH,
    Candidates,
    TableMatch,
    best_table,
    candidates,
    match_table,
    title_hints,
)
from knockon.adapters.connectors.tabular.proposal import (
    draft_fields,
    draft_filters,
    is_audit_column,
)
from knockon.domain.contract import TABLES, column_of, table_of
from knockon.domain.contract.cells import Cell, cell_text
from knockon.domain.mapping import OWN, FieldMapping, TableMapping
from knockon.domain.reasons import Reason
from knockon.ports.connector import (
    ColumnGuess,
    FieldGuess,
    RawSheet,
    Recognition,
    SheetRecognition,
    TableGuess,
)
from knockon.ports.file_errors import HeaderNotFound

_PARTNERS: tuple[tuple[str, str, str], ...] = (
    ("work_orders", "requirements", "work_order"),
    ("work_orders", "operations", "work_order"),
)
"""Head table, line table, and the key that both read: one list may print both."""

_MACHINES = (
    "机台",
    "机台编号",
    "机台代号",
    "设备",
    "设备编号",
    "机器",
    "machine",
    "machineno",
    "workcenter",
)
_CERTAIN = 1000.0
_NEARLY = 0.85
_TIE = 0.03
_SHOWN_ALTERNATIVES = 4


def recognise(sheets: Sequence[RawSheet], *, year: int | None = None) -> Recognition:
    """Return a proposal for each sheet.

    Parameters
    ----------
    year
        Year of day headers that print none (``3/5``), when no title says it.

    Raises
    ------
    DuplicateHeaders
        A sheet names two different columns alike.
    """
    return Recognition(sheets=tuple(_recognise_sheet(sheet, year=year) for sheet in sheets))


def propose(sheet: RawSheet, *, table: str, chosen: Mapping[str, str]) -> TableMapping:
    """Return how the sheet becomes rows of that table, as a person wants it.

    Parameters
    ----------
    chosen
        Header to the table's column that it is; an empty text is none.

    Raises
    ------
    UnknownTable, UnknownColumn
        The contract has no such table or column.
    HeaderNotFound, DuplicateHeaders
        The sheet has no header, or names two different columns alike.
    """
    for name in chosen.values():
        if name and not name.startswith(OWN):
            column_of(table, name)
    layout = detect_layout(sheet)
    if layout is None:
        raise HeaderNotFound(file=sheet.file, sheet=sheet.name, missing="")
    rows = body_sample(sheet, layout)
    columns = profiles(layout, rows)
    found = _with_chosen(candidates(columns), columns, table=table, chosen=chosen)
    match = match_table(table_of(table), found, columns)
    (mapping,), _ = _mappings(sheet, layout, [match], columns, rows)
    made = {each.field for each in mapping.fields}
    # A column of fixed values none of which is known is not proposed, but a person knows better.
    wanted = tuple(
        FieldMapping(field=name, sources=(header,))
        for header, name in chosen.items()
        if name and name not in made
    )
    return replace(mapping, fields=(*mapping.fields, *wanted))


def _with_chosen(
    found: Candidates, columns: Sequence[Profile], *, table: str, chosen: Mapping[str, str]
) -> Candidates:
    """Return the candidates with nothing but the chosen column where one was chosen."""
    taken = {(table, name) for name in chosen.values()}
    pinned: dict[int, Mapping[tuple[str, str], float]] = {}
    for each in columns:
        if each.header in chosen:
            name = chosen[each.header]
            pinned[each.column] = {(table, name): 1.0} if name else {}
            continue
        scores = found[each.column].items()
        pinned[each.column] = {place: score for place, score in scores if place not in taken}
    return pinned


def _recognise_sheet(sheet: RawSheet, *, year: int | None) -> SheetRecognition:
    crossed = cross_tab_recognition(sheet, year=year)
    if crossed is not None:
        return crossed
    layout = detect_layout(sheet)
    if layout is None:
        return _nothing(sheet)
    rows = body_sample(sheet, layout)
    columns = profiles(layout, rows)
    found = _without_audit(candidates(columns), columns)
    ranked = best_table(found, columns, hints=_hints(sheet, layout))
    chosen = _chosen(ranked, found, columns, rows)
    mappings, notes = _mappings(sheet, layout, chosen, columns, rows)
    return SheetRecognition(
        file=sheet.file,
        sheet=sheet.name,
        header_rows=tuple(sheet.numbers[row] for row in layout.rows),
        columns=tuple(_column_guess(each, found, chosen, mappings) for each in columns),
        mappings=mappings,
        tables=_table_guesses(ranked),
        notes=(*sheet.notes, *notes),
    )


def _nothing(sheet: RawSheet) -> SheetRecognition:
    return SheetRecognition(
        file=sheet.file,
        sheet=sheet.name,
        header_rows=(),
        columns=(),
        mappings=(),
        tables=(),
        notes=(*sheet.notes, Reason(code="no_header_found")),
    )


def _hints(sheet: RawSheet, layout: Layout) -> dict[str, float]:
    texts = title_texts(sheet, layout)
    hints = title_hints(texts)
    for text in texts[:2]:
        # The contract's own name is no hint: it is the answer.
        if text.strip().casefold() in TABLES:
            hints[text.strip().casefold()] = _CERTAIN
    return hints


def _without_audit(found: Candidates, columns: Sequence[Profile]) -> Candidates:
    audit = {each.column for each in columns if is_audit_column(each)}
    return {column: {} if column in audit else scores for column, scores in found.items()}


def _chosen(
    ranked: Sequence[TableMatch],
    found: Candidates,
    columns: Sequence[Profile],
    rows: Sequence[Sequence[Cell]],
) -> list[TableMatch]:
    """Return the best table and, where one list prints head and lines, the other one too."""
    if not ranked:
        return []
    first = ranked[0]
    if first.missing:
        # A list that lacks a column is still what it is; the wizard asks for the column.
        near = [m for m in ranked[:3] if not m.missing and m.score > _NEARLY * first.score]
        return near[:1] or [first]
    for head, line, shared in _PARTNERS:
        if first.table not in (head, line):
            continue
        pair = _head_and_line(head, line, shared, found, columns)
        if pair is not None and (_repeats(pair[0], shared, rows) or _names_machine(pair[1])):
            return pair
    return [first]


def _head_and_line(
    head: str, line: str, shared: str, found: Candidates, columns: Sequence[Profile]
) -> list[TableMatch] | None:
    """Share the columns out to both tables: each column goes where it fits better."""
    whole_head = match_table(table_of(head), found, columns)
    whole_line = match_table(table_of(line), found, columns)
    for_head: set[int] = set()
    for_line: set[int] = set()
    for profile in columns:
        in_head, in_line = whole_head.field_of(profile), whole_line.field_of(profile)
        if in_head and in_line and in_head.field != shared:
            # Of equal claims an operation's own day and state win over its order's.
            lead = in_head.confidence - in_line.confidence
            head_wins = lead > _TIE if line == "operations" else lead >= 0
            (for_line if head_wins else for_head).add(profile.column)
    first = match_table(table_of(head), found, columns, taken=frozenset(for_head))
    second = match_table(table_of(line), found, columns, taken=frozenset(for_line))
    if first.missing or second.missing or not _says_enough(second, shared):
        return None
    return [first, second]


def _says_enough(match: TableMatch, shared: str) -> bool:
    """Return whether the line table has facts of its own, not only the shared key."""
    own = [each.field for each in match.matches if each.field not in (shared, "plant")]
    if match.table == "operations":
        return len(own) >= 2 and bool({"equipment", "operation", "seq"} & set(own))
    return len(own) >= 2


def _repeats(match: TableMatch, shared: str, rows: Sequence[Sequence[Cell]]) -> bool:
    """Return whether the head's key stands on several lines, or only on the first of them."""
    place = next(each.profile.column for each in match.matches if each.field == shared)
    keys = [cell_text(row[place]) if place < len(row) else "" for row in rows]
    filled = [key for key in keys if key]
    return len(filled) < len(keys) or len(set(filled)) < len(filled)


def _names_machine(match: TableMatch) -> bool:
    """Return whether a row per work order says on which machine: then it is its one operation.

    A production line of an order's head is not taken for its machine.
    """
    machine = next((each for each in match.matches if each.field == "equipment"), None)
    return machine is not None and plain(machine.profile.header).endswith(_MACHINES)


def _mappings(
    sheet: RawSheet,
    layout: Layout,
    chosen: Sequence[TableMatch],
    columns: Sequence[Profile],
    rows: Sequence[Sequence[Cell]],
) -> tuple[tuple[TableMapping, ...], tuple[Reason, ...]]:
    notes: list[Reason] = []
    drafts = []
    for match in chosen:
        draft = draft_fields(match, columns, rows)
        drafts.append(draft)
        notes += [note for note in draft.notes if note not in notes]
    used = frozenset(each.profile.column for match in chosen for each in match.matches)
    filters = draft_filters(columns, used=used)
    mappings = []
    for place, (match, draft) in enumerate(zip(chosen, drafts, strict=True)):
        others = [d for other, d in enumerate(drafts) if other != place]
        mine = {header for each in draft.fields for header in each.sources}
        theirs = {h for d in others for each in d.fields for h in each.sources} - mine
        mappings.append(
            TableMapping(
                table=match.table,
                fields=draft.fields,
                header_rows=tuple(sheet.numbers[row] for row in layout.rows),
                sheet=sheet.name if sheet.encoding is None else None,
                encoding=sheet.encoding,
                delimiter=sheet.delimiter,
                filters=filters,
                one_row_per_key=len(chosen) > 1 and place == 0,
                ignored=tuple(header for _, header in layout.columns() if header in theirs),
            )
        )
    return tuple(mappings), tuple(notes)


def _column_guess(
    profile: Profile,
    found: Candidates,
    chosen: Sequence[TableMatch],
    mappings: Sequence[TableMapping],
) -> ColumnGuess:
    mapped = {
        (mapping.table, each.field)
        for mapping in mappings
        for each in mapping.fields
        if profile.header in each.sources
    }
    scores = found[profile.column]
    taken = tuple(
        FieldGuess(table=table, field=field, confidence=round(scores.get((table, field), 1.0), 3))
        for table, field in sorted(mapped)
    )
    tables = [match.table for match in chosen]
    ranked = sorted(scores.items(), key=lambda pair: (pair[0][0] not in tables, -pair[1], pair[0]))
    others = [
        FieldGuess(table=table, field=field, confidence=round(score, 3))
        for (table, field), score in ranked
        if (table, field) not in mapped and score >= GOOD_ENOUGH / 2
    ]
    return ColumnGuess(
        header=profile.header,
        index=profile.column,
        chosen=taken,
        alternatives=tuple(others[:_SHOWN_ALTERNATIVES]),
        role=_role(profile, taken, mappings),
        samples=profile.values[:5],
    )


def _role(profile: Profile, taken: Sequence[FieldGuess], mappings: Sequence[TableMapping]) -> str:
    if any(each.source == profile.header for mapping in mappings for each in mapping.filters):
        return "filter"
    if taken:
        joined = any(
            profile.header in each.sources[:-1] for mapping in mappings for each in mapping.fields
        )
        return "key_part" if joined else "field"
    return "own" if profile.filled else "empty"


def _table_guesses(ranked: Sequence[TableMatch]) -> tuple[TableGuess, ...]:
    best = ranked[0].score if ranked else 1.0
    return tuple(
        TableGuess(
            table=match.table,
            confidence=round(max(0.0, match.score / best), 3),
            missing=match.missing,
        )
        for match in ranked[:6]
    )
