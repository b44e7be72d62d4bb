"""Turn a matched list into a mapping: composed keys, forms, value maps, filters, fill-down."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from knockon.adapters.connectors.tabular.evidence import Profile
from knockon.adapters.connectors.tabular.lexicon import plain
from knockon.adapters.connectors.tabular.matching import COUNTABLE, Match, TableMatch, header_scores
from knockon.adapters.connectors.tabular.value_words import (
    AUDIT_GOOD,
    AUDIT_WORDS,
    unknown_values,
    value_map_for,
)
from knockon.domain.contract import ColumnSpec, ColumnType, table_of
from knockon.domain.contract.cells import Cell, is_blank
from knockon.domain.contract.quantities import NumberForm
from knockon.domain.mapping import (
    Derivation,
    DerivationKind,
    FieldMapping,
    FilterOp,
    KeyPart,
    RowFilter,
)
from knockon.domain.reasons import Reason

_CONFIRM = {
    "确认码",
    "确认",
    "确认否",
    "审核码",
    "审核",
    "单据确认码",
    "确认状态",
    "审核状态",
    "confirmed",
}
_AUDIT = {"单据状态", "审批状态", "审核状态", "审核", "documentstatus", "approvalstatus"}
_VOID = {
    "作废",
    "作废状态",
    "作废码",
    "删除",
    "删除码",
    "删除标记",
    "loekz",
    "deletionindicator",
    "delind",
    "deleted",
    "del",
    "deletionflag",
    "lvorm",
    "xloek",
}
_TECHNICAL_CONFIRM = {"td021", "ta013", "tc027", "td018", "tg023", "th026", "tb018"}
_REJECTED = {"abgru", "rejreason", "reasonforrejection", "rejectionreason", "拒绝原因"}
_TECHNICAL_TYPE = re.compile(r"([a-z]{2})001")
_NUMBER_ENDS = ("单号", "编号", "号码")
_HOURS = re.compile(
    r"\((?:h|hr|hrs|hour|hours|小時|小时|時)\)|小時|小时|hours?\b|\bhrs?\b", re.IGNORECASE
)
_SECONDS = re.compile(r"\((?:s|sec|secs|秒)\)|秒|\bsec(?:onds?)?\b", re.IGNORECASE)
_MINUTES = re.compile(
    r"\((?:m|min|mins|分|分鐘|分钟)\)|分鐘|分钟|minutes?\b|\bmins?\b", re.IGNORECASE
)
_DAYS_UNIT = re.compile(r"\((?:d|day|days|天)\)|天數|天数|\bdays?\b", re.IGNORECASE)
_WEEKS = re.compile(r"\((?:w|wk|week|weeks|週|周)\)|週數|周数|\bweeks?\b", re.IGNORECASE)
_UNIT_SECONDS = (
    (_HOURS, 3600),
    (_SECONDS, 1),
    (_MINUTES, 60),
    (_WEEKS, 604_800),
    (_DAYS_UNIT, 86_400),
)
_SURE = 0.9
_MOSTLY = 0.5
_DOCUMENT_ITEMS = {
    "materialdocitem",
    "docitem",
    "zeile",
    "序号",
    "项次",
    "行号",
    "分录行号",
    "item",
}
_DAY_TYPES = (ColumnType.INSTANT, ColumnType.DATE)
_SECONDS_IN = {"s": 1, "min": 60, "h": 3600, "day": 86_400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The parts of a mapping for one table, and what somebody should look at."""

    fields: tuple[FieldMapping, ...]
    notes: tuple[Reason, ...]


def draft_fields(
    matched: TableMatch, profiles: Sequence[Profile], rows: Sequence[Sequence[Cell]]
) -> Draft:
    """Return how each matched column is read."""
    spec = table_of(matched.table)
    notes: list[Reason] = []
    fields: list[FieldMapping] = []
    for match in sorted(matched.matches, key=lambda each: each.profile.column):
        column = spec.by_name[match.field]
        mapped = _field_mapping(match, column, notes)
        if mapped is None:
            continue
        if column.name == "event_id":
            mapped = _with_document_item(mapped, match, profiles, matched)
        elif column.type is ColumnType.KEY:
            mapped = _with_document_type(mapped, match, profiles)
        fields.append(mapped)
    fields = _with_house_form(fields, matched)
    fields = _split_lines(fields, matched)
    fields += _place_by_warehouse(matched, profiles)
    fields += _counted(fields, matched, profiles)
    return Draft(fields=tuple(_with_fill_down(fields, matched, profiles, rows)), notes=tuple(notes))


def draft_filters(profiles: Sequence[Profile], *, used: frozenset[int]) -> tuple[RowFilter, ...]:
    """Return the filters that keep void, unconfirmed and deleted rows out."""
    found = (_filter(profile) for profile in profiles if profile.column not in used)
    return tuple(each for each in found if each is not None)


def is_audit_column(profile: Profile) -> bool:
    """Return whether the column says if a document is approved, not how far its work is."""
    return (
        plain(profile.header) in _AUDIT
        and bool(profile.values)
        and all(value in AUDIT_WORDS for value in profile.values)
    )


def _filter(profile: Profile) -> RowFilter | None:
    name = plain(profile.header)
    name = next((known for known in _CONFIRM if name.endswith(known) and len(known) > 2), name)
    values = set(profile.values)
    if is_audit_column(profile):
        return RowFilter(source=profile.header, op=FilterOp.IN, values=AUDIT_GOOD)
    confirms = name in _CONFIRM or name in _TECHNICAL_CONFIRM
    if confirms and values and values <= {"Y", "N", "V", "U", "y", "n"}:
        return RowFilter(source=profile.header, op=FilterOp.IN, values=("Y", "y"))
    if (
        name in _CONFIRM
        and values
        and values <= {"已確認", "未確認", "作廢", "已确认", "未确认", "作废"}
    ):
        return RowFilter(source=profile.header, op=FilterOp.IN, values=("已確認", "已确认"))
    if name in _VOID and all(len(value) <= 4 for value in values):
        bad = ("X", "x", "Y", "y", "V", "L", "S", "是", "作廢", "作废", "1", "true", "已作废")
        return RowFilter(source=profile.header, op=FilterOp.NOT_IN, values=bad)
    if name in _REJECTED:
        return RowFilter(source=profile.header, op=FilterOp.BLANK)
    return None


def _field_mapping(match: Match, column: ColumnSpec, notes: list[Reason]) -> FieldMapping | None:
    profile = match.profile
    mapped = FieldMapping(field=match.field, sources=(profile.header,))
    words = value_map_for(column, table=match.table, values=profile.values)
    if words:
        mapped = replace(mapped, value_map=words)
    unknown = unknown_values(column, words or {}, profile.values)
    if unknown:
        listed = ", ".join(unknown[:20])
        notes.append(
            Reason(code="unknown_values", params={"column": profile.header, "values": listed})
        )
    if words is None and not column.required:
        return None
    if column.type in _DAY_TYPES:
        return _dated(mapped, profile, notes)
    if column.type in (ColumnType.DECIMAL, ColumnType.MONEY, ColumnType.INTEGER):
        return _counted_in(mapped, profile, column)
    return mapped


def _with_house_form(fields: Sequence[FieldMapping], matched: TableMatch) -> list[FieldMapping]:
    """Read the columns that prove no date form as the list's other columns do."""
    spec = table_of(matched.table)
    # A work order's number may read as a day, too: only columns of days prove anything.
    days = [each for each in matched.matches if spec.by_name[each.field].type in _DAY_TYPES]
    proven = [
        match.profile.date_form
        for match in days
        if match.profile.date_form is not None and not match.profile.ambiguous_date
    ]
    if not proven:
        return list(fields)
    house = max(set(proven), key=lambda form: (proven.count(form), form.value))
    unproven = {
        match.field
        for match in days
        if match.profile.date_form is None or match.profile.ambiguous_date
    }
    return [replace(each, form=house.value) if each.field in unproven else each for each in fields]


def _dated(mapped: FieldMapping, profile: Profile, notes: list[Reason]) -> FieldMapping:
    if profile.date_form is None:
        return mapped
    if profile.ambiguous_date:
        notes.append(Reason(code="day_or_month_first", params={"column": profile.header}))
    return replace(
        mapped,
        form=profile.date_form.value,
        midnight_is_day=None if profile.has_times else True,
    )


def _counted_in(mapped: FieldMapping, profile: Profile, column: ColumnSpec) -> FieldMapping:
    form = profile.number_form.value if profile.number_form is NumberForm.COMMA else None
    factor = _factor(profile, column)
    # Stock ledgers count an issue below zero; here an issue is positive and a return negative.
    if (column.name, len(column.values)) == ("qty", 0) and profile.negative > _MOSTLY:
        factor = Decimal(-1)
    return replace(mapped, form=form, factor=factor)


def _factor(profile: Profile, column: ColumnSpec) -> Decimal | None:
    """Return what turns the file's unit into the contract's, from the header and the size."""
    if column.unit == "ratio":
        percent = "%" in profile.header or "％" in profile.header  # noqa: RUF001 - printed so
        return Decimal("0.01") if percent or profile.largest > 1 else None
    if column.unit not in _SECONDS_IN:
        return None
    for pattern, seconds in _UNIT_SECONDS:
        if pattern.search(profile.header):
            factor = Decimal(seconds) / _SECONDS_IN[column.unit]
            return None if factor == 1 else factor.quantize(Decimal(1).scaleb(-9)).normalize() + 0
    return None


def _with_document_type(
    mapped: FieldMapping, match: Match, profiles: Sequence[Profile]
) -> FieldMapping:
    """Join 單別 before its 單號: a number alone is not unique there."""
    number = plain(match.profile.header)
    for other in profiles:
        kind = plain(other.header)
        technical = _TECHNICAL_TYPE.fullmatch(kind)
        if other.column >= match.profile.column:
            continue
        if technical and number == f"{technical[1]}002":
            return replace(mapped, sources=(other.header, match.profile.header))
        if kind.endswith("单别") and _is_number_of(number, kind.removesuffix("单别")):
            return replace(mapped, sources=(other.header, match.profile.header))
    return mapped


def _is_number_of(number: str, prefix: str) -> bool:
    if not number.startswith(prefix):
        return False
    rest = number[len(prefix) :]
    return rest in _NUMBER_ENDS or (rest == "号" and bool(prefix))


def _with_document_item(
    mapped: FieldMapping, match: Match, profiles: Sequence[Profile], matched: TableMatch
) -> FieldMapping:
    """Add the document's line to its number: the number alone names several movements."""
    used = {each.profile.column for each in matched.matches}
    for other in profiles:
        if other.column not in used and plain(other.header) in _DOCUMENT_ITEMS:
            return replace(mapped, sources=(match.profile.header, other.header))
    return mapped


def _place_by_warehouse(matched: TableMatch, profiles: Sequence[Profile]) -> list[FieldMapping]:
    """Tell raw from finished stock by the warehouse's name, where every name says it."""
    if matched.table != "stock" or any(each.field == "place" for each in matched.matches):
        return []
    column = table_of("stock").by_name["place"]
    for profile in profiles:
        if not any(sign in plain(profile.header) for sign in ("仓", "库别", "warehouse")):
            continue
        words = value_map_for(column, table="stock", values=profile.values)
        if words and not unknown_values(column, words, profile.values):
            return [FieldMapping(field="place", sources=(profile.header,), value_map=words)]
    return []


def _split_lines(fields: list[FieldMapping], matched: TableMatch) -> list[FieldMapping]:
    """Part ``2201-115001-0010`` into order and line where no column holds the line."""
    pair = {
        "sales_orders": ("order", "line"),
        "work_orders": ("order", "line"),
        "shipments": ("order", "line"),
        "allocations": ("order", "line"),
        "purchase_orders": ("po", "line"),
        "receipts": ("po", "line"),
    }.get(matched.table)
    names = {each.field for each in fields}
    if pair is None or pair[0] not in names or pair[1] in names:
        return fields
    match = next(each for each in matched.matches if each.field == pair[0])
    if not match.profile.composed:
        return fields
    parted: list[FieldMapping] = []
    for each in fields:
        if each.field != pair[0]:
            parted.append(each)
            continue
        parted.append(replace(each, part=KeyPart(stop=-1)))
        parted.append(replace(each, field=pair[1], part=KeyPart(start=-1)))
    return parted


def _counted(
    fields: Sequence[FieldMapping], matched: TableMatch, profiles: Sequence[Profile]
) -> list[FieldMapping]:
    """Count the lines or operations that a list prints no number for."""
    by_name = {each.field: each for each in fields}
    made: list[FieldMapping] = []
    for table, name in COUNTABLE:
        if table != matched.table or name in by_name:
            continue
        owner = {"line": ("order", "po"), "seq": ("work_order", "item")}[name]
        within = next((by_name[each].sources for each in owner if each in by_name), ())
        if not within:
            continue
        of = _operation_header(profiles) if name == "seq" else ()
        kind = DerivationKind.FIRST_APPEARANCE if of else DerivationKind.POSITION
        made.append(FieldMapping(field=name, derive=Derivation(kind=kind, within=within, of=of)))
    return made


def _operation_header(profiles: Sequence[Profile]) -> tuple[str, ...]:
    """Return the header that names the operation, also where the table has no such column."""
    named = [
        (header_scores(profile.header).get(("operations", "operation"), 0.0), profile.header)
        for profile in profiles
        if profile.filled
    ]
    best = max(named, default=(0.0, ""))
    return (best[1],) if best[0] > _SURE else ()


def _with_fill_down(
    fields: Sequence[FieldMapping],
    matched: TableMatch,
    profiles: Sequence[Profile],
    rows: Sequence[Sequence[Cell]],
) -> list[FieldMapping]:
    """Mark the columns that a list prints only on the first line of a document."""
    spec = table_of(matched.table)
    columns = {profile.header: profile.column for profile in profiles}
    leader = _leader(fields, spec.required, columns, rows)
    # The contract's own lists print every key; an empty one there is a fault to be named.
    if leader is None or leader.field == leader.sources[-1]:
        return list(fields)
    place = columns[leader.sources[-1]]
    continued = [row for row in rows if _blank_at(row, place)]
    headed = [row for row in rows if not _blank_at(row, place)]
    if not continued or not headed or _blank_at(rows[0], place):
        return list(fields)

    def belongs_to_head(each: FieldMapping) -> bool:
        return bool(each.sources) and all(
            all(_blank_at(row, columns[header]) for row in continued)
            and any(not _blank_at(row, columns[header]) for row in headed)
            for header in each.sources
        )

    return [replace(each, fill_down=True) if belongs_to_head(each) else each for each in fields]


def _leader(
    fields: Sequence[FieldMapping],
    required: Sequence[str],
    columns: dict[str, int],
    rows: Sequence[Sequence[Cell]],
) -> FieldMapping | None:
    """Return the first required key that some rows leave empty."""
    for each in fields:
        if each.field in required and each.sources:
            place = columns[each.sources[-1]]
            if any(_blank_at(row, place) for row in rows):
                return each
    return None


def _blank_at(row: Sequence[Cell], place: int) -> bool:
    return place >= len(row) or is_blank(row[place])
