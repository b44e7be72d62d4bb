"""How one list becomes one table, as a form in plain words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from knockon.apps.production.answers import columns_asked
from knockon.apps.production.reason_texts import (
    column_text,
    form_text,
    question_text,
    table_text,
    value_text,
)
from knockon.domain.contract import TABLES, ColumnSpec, ColumnType
from knockon.domain.contract.dates import DateForm
from knockon.domain.contract.quantities import NumberForm
from knockon.domain.mapping import (
    DerivationKind,
    FieldMapping,
    FilterOp,
    KeyPart,
    RowFilter,
    TableMapping,
)
from knockon.domain.mapping_choices import KEPT_AS_OWN, LEFT_OUT, role_of
from knockon.web.choices import Choice, Group

_SURE, _LIKELY = 0.85, 0.65
_MOST_MEANINGS = 5
_DATED = {ColumnType.INSTANT, ColumnType.DATE}
_COUNTED = {ColumnType.DECIMAL, ColumnType.MONEY, ColumnType.INTEGER}
_ASKS: Mapping[FilterOp, object] = {
    FilterOp.IN: gettext_lazy("is one of"),
    FilterOp.NOT_IN: gettext_lazy("is none of"),
    FilterOp.BLANK: gettext_lazy("is empty"),
    FilterOp.NOT_BLANK: gettext_lazy("is not empty"),
    FilterOp.STARTS_WITH: gettext_lazy("begins with"),
    FilterOp.ABOVE: gettext_lazy("is above"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What the file writes, and what it may mean; without choices it is written freely."""

    number: int
    word: str
    value: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """How one contract column reads the file's column."""

    column: str
    label: str
    forms: tuple[Choice, ...] = ()
    separator: str | None = None
    meanings: tuple[Meaning, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to say or choose."""
        return bool(self.forms or self.meanings or self.remarks or self.separator is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRow:
    """One column of the list: what it holds and what it is read as."""

    number: int
    header: str
    samples: tuple[str, ...]
    groups: tuple[Group, ...]
    sureness: str
    details: tuple[Detail, ...]
    is_filter: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterRow:
    """Rows are only taken where a column answers yes."""

    number: int
    columns: tuple[Choice, ...]
    asks: tuple[Choice, ...]
    values: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A list taken for one table."""

    table: str
    label: str
    tables: tuple[Group, ...]
    said: tuple[str, ...]
    columns: tuple[ColumnRow, ...]
    remarks: tuple[str, ...]
    filters: tuple[FilterRow, ...]
    lacks: tuple[str, ...]
    is_unlinked: bool
    """Nothing says on which machine the work is, without which Knockon is of little use."""
    is_cross_tab: bool


def reading_of(
    mapping: TableMapping,
    sheet: Mapping[str, Any],
    *,
    tables: tuple[Group, ...],
    said: tuple[str, ...],
    unknown: Mapping[str, Sequence[str]],
) -> Reading:
    """Return how a list is read as one table.

    Parameters
    ----------
    sheet
        What the draft noted of the list: its columns with samples, guesses and alternatives.
    unknown
        Header → values that nobody has given a meaning yet.
    """
    form = _Form(mapping, unknown=unknown)
    is_cross_tab = mapping.cross_tab is not None
    given = {each.field for each in mapping.fields}
    lacking = {
        column: question
        for column, question in columns_asked(mapping.table).items()
        if column not in given and not is_cross_tab
    }
    return Reading(
        table=mapping.table,
        label=table_text(mapping.table),
        tables=tables,
        said=said,
        columns=() if is_cross_tab else tuple(form.column(each) for each in sheet["columns"]),
        remarks=tuple(_made_up(mapping)),
        lacks=tuple(_lack(mapping.table, column, question) for column, question in lacking.items()),
        is_unlinked="machine_to_orders" in lacking.values(),
        filters=() if is_cross_tab else form.filters([each["header"] for each in sheet["columns"]]),
        is_cross_tab=is_cross_tab,
    )


class _Form:
    """The form of one mapping; entries are numbered through it."""

    def __init__(self, mapping: TableMapping, *, unknown: Mapping[str, Sequence[str]]) -> None:
        self._mapping = mapping
        self._spec = TABLES[mapping.table]
        self._unknown = unknown
        self._words = 0

    def column(self, column: Mapping[str, Any]) -> ColumnRow:
        """Return the row of one column."""
        header = column["header"]
        chosen = role_of(self._mapping, header)
        details = [
            self._detail(each, column)
            for each in self._mapping.fields
            if each.sources and header == each.sources[-1]
        ]
        return ColumnRow(
            number=column["index"],
            header=header,
            samples=tuple(column["samples"][:3]),
            groups=self._groups(column, chosen=chosen),
            sureness=self._sureness(column, chosen=chosen),
            details=tuple(each for each in details if each.is_shown),
            is_filter=any(each.source == header for each in self._mapping.filters),
        )

    def filters(self, headers: Sequence[str]) -> tuple[FilterRow, ...]:
        """Return the filters and an empty one to add."""
        empty = RowFilter(source="", op=FilterOp.IN)
        return tuple(
            FilterRow(
                number=number,
                columns=_named(
                    [("", _("No rule")), *((text, text) for text in headers)], row.source
                ),
                asks=_named([(op.value, str(words)) for op, words in _ASKS.items()], row.op.value),
                values=", ".join(row.values),
            )
            for number, row in enumerate((*self._mapping.filters, empty))
        )

    def _groups(self, column: Mapping[str, Any], *, chosen: str) -> tuple[Group, ...]:
        table = self._mapping.table
        guesses = [*column["chosen"], *column["alternatives"]]
        likely = list(dict.fromkeys(each["field"] for each in guesses if each["table"] == table))
        if chosen not in {*likely, KEPT_AS_OWN, LEFT_OUT}:
            likely.insert(0, chosen)
        rest = [each.name for each in self._spec.fields if each.name not in likely]
        other = [(KEPT_AS_OWN, _("Keep as an own field")), (LEFT_OUT, _("Do not read"))]
        return (
            Group(label=_("Likely"), choices=self._columns(likely, chosen)),
            Group(label=_("Not a column of ours"), choices=_named(other, chosen)),
            Group(label=_("All columns"), choices=self._columns(rest, chosen)),
        )

    def _columns(self, names: Sequence[str], chosen: str) -> tuple[Choice, ...]:
        return tuple(
            Choice(value=name, label=self._label(name), is_chosen=name == chosen) for name in names
        )

    def _label(self, name: str) -> str:
        words = column_text(self._mapping.table, name)
        spec = self._spec.by_name.get(name)
        if spec is not None and spec.required:
            return _("%(column)s (needed)") % {"column": words}
        return words

    def _sureness(self, column: Mapping[str, Any], *, chosen: str) -> str:
        table = self._mapping.table
        for guess in column["chosen"]:
            if (guess["table"], guess["field"]) == (table, chosen):
                if guess["confidence"] >= _SURE:
                    return "sure"
                return "likely" if guess["confidence"] >= _LIKELY else "unsure"
        return ""

    def _detail(self, each: FieldMapping, column: Mapping[str, Any]) -> Detail:
        spec = self._spec.by_name.get(each.field)
        return Detail(
            column=each.field,
            label=column_text(self._mapping.table, each.field),
            forms=_forms(each, spec),
            separator=each.separator if len(each.sources) > 1 else None,
            meanings=self._meanings(each, spec, column),
            remarks=tuple(_remarks(each)),
        )

    def _meanings(
        self, each: FieldMapping, spec: ColumnSpec | None, column: Mapping[str, Any]
    ) -> tuple[Meaning, ...]:
        """Return the words that the list is known to write; a mapping may know many more."""
        values = spec.values if spec is not None else ()
        seen = [*column["samples"], *self._unknown.get(column["header"], ())]
        words = dict(each.value_map)
        if len(words) > _MOST_MEANINGS:
            words = {word: value for word, value in words.items() if word in seen}
        known = {*each.value_map, *values}
        if values:
            words |= {word: "" for word in seen if not known & {word, word.casefold()}}
        found = []
        for word, value in words.items():
            choices = [("", _("Meaning not given")), *self._value_names(each.field, values)]
            self._words += 1
            found.append(
                Meaning(
                    number=self._words,
                    word=word,
                    value=value,
                    choices=_named(choices, value) if values else (),
                )
            )
        return tuple(found)

    def _value_names(self, column: str, values: Sequence[str]) -> list[tuple[str, str]]:
        return [(value, value_text(self._mapping.table, column, value)) for value in values]


def _named(pairs: Sequence[tuple[str, str]], chosen: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(value=value, label=label, is_chosen=value == chosen) for value, label in pairs
    )


def _forms(each: FieldMapping, spec: ColumnSpec | None) -> tuple[Choice, ...]:
    if spec is None or each.part is not None:
        return ()
    if spec.type in _DATED:
        return _named(
            [(form.value, form_text(form.value)) for form in DateForm], each.form or "iso"
        )
    if spec.type in _COUNTED and each.form:
        return _named([(form.value, form_text(form.value)) for form in NumberForm], each.form)
    return ()


def _remarks(each: FieldMapping) -> list[str]:
    """Return in sentences what is done to the cells beyond reading them."""
    said = []
    if len(each.sources) > 1:
        headers = _(", ").join(each.sources)
        said.append(_("Joined from %(headers)s.") % {"headers": headers})
    if each.part is not None:
        said.append(_part(each.part))
    if each.fill_down:
        said.append(_("An empty cell repeats the one above it."))
    if each.factor == -1:
        said.append(_("What the list counts below zero is taken as above zero."))
    elif each.factor is not None:
        factor = format(each.factor, "f")
        said.append(_("Numbers are multiplied by %(factor)s.") % {"factor": factor})
    return said


def _part(part: KeyPart) -> str:
    named = {"separator": part.separator}
    if (part.start, part.stop) == (None, -1):
        return _("All but the last part before “%(separator)s” is taken.") % named
    if (part.start, part.stop) == (-1, None):
        return _("Only the last part after “%(separator)s” is taken.") % named
    return _("Only some of the parts between “%(separator)s” are taken.") % named


def _lack(table: str, column: str, question: str) -> str:
    return _(
        "No column is read as “%(column)s”. Without it there is no answer to: %(question)s"
    ) % {
        "column": column_text(table, column),
        "question": question_text(question),
    }


def _made_up(mapping: TableMapping) -> list[str]:
    """Return in sentences what no column holds."""
    said = []
    for each in mapping.fields:
        label = column_text(mapping.table, each.field)
        if each.constant is not None:
            said.append(
                _("“%(column)s” is “%(value)s” in every row.")
                % {"column": label, "value": each.constant}
            )
        if each.derive is not None:
            within = _(", ").join(each.derive.within)
            named = {"column": label, "within": within, "of": _(", ").join(each.derive.of)}
            if each.derive.kind is DerivationKind.POSITION:
                said.append(_("“%(column)s” counts the rows within %(within)s.") % named)
            else:
                said.append(
                    _("“%(column)s” counts %(of)s as they first appear within %(within)s.") % named
                )
    if mapping.one_row_per_key:
        said.append(_("Lines that repeat the same number are taken as one row."))
    if mapping.cross_tab is not None:
        said.append(
            _("A row is a machine, a column is a day or a turn, and the cells name the work.")
        )
    return said
