"""What production says to people: tables, columns and values by name, refusals in sentences."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from knockon.apps.production.reason_texts.columns import COLUMN_TEXTS, OWN_COLUMN_TEXTS
from knockon.apps.production.reason_texts.errors import ERROR_TEXTS
from knockon.apps.production.reason_texts.questions import QUESTION_TEXTS
from knockon.apps.production.reason_texts.refusals import FILE_TEXTS, NOTE_TEXTS, REFUSAL_TEXTS
from knockon.apps.production.reason_texts.rules import RULE_TEXTS
from knockon.apps.production.reason_texts.tables import TABLE_TEXTS
from knockon.apps.production.reason_texts.values import FORM_TEXTS, OWN_VALUE_TEXTS, VALUE_TEXTS
from knockon.domain.mapping import OWN
from knockon.domain.reasons import Reason

__all__ = [
    "ERROR_TEXTS",
    "column_text",
    "data_error_text",
    "form_text",
    "lack_text",
    "note_text",
    "question_text",
    "refusal_text",
    "rule_text",
    "table_text",
    "value_text",
]

_LACKS: Mapping[str, object] = {
    "table_missing": gettext_lazy("The list “%(table)s” is not there."),
    "column_missing": gettext_lazy("In the list “%(table)s” the column “%(column)s” is empty."),
    "column_thin": gettext_lazy(
        "In the list “%(table)s” only %(filled)s of %(rows)s rows fill the column “%(column)s”."
    ),
}
# The doctor looks at the plan by itself, but a file brings it with its operations.
_TABLE_OF_COLUMNS = {"schedule": "operations"}


class _Named(dict[str, object]):
    """The values of a sentence; one that nobody gave reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "\N{EN DASH}"


def table_text(table: str) -> str:
    """Return what people call a table of the contract."""
    return str(TABLE_TEXTS.get(table, table))


def column_text(table: str, column: str) -> str:
    """Return what people call a column of the contract, or an own field's name."""
    known = _TABLE_OF_COLUMNS.get(table, table)
    own = OWN_COLUMN_TEXTS.get(f"{known}.{column}")
    return str(own or COLUMN_TEXTS.get(column) or column.removeprefix(OWN))


def value_text(table: str, column: str, value: str) -> str:
    """Return what people call one value of a column of fixed values."""
    own = OWN_VALUE_TEXTS.get(f"{table}.{column}.{value}")
    return str(own or VALUE_TEXTS.get(value, value))


def form_text(form: str) -> str:
    """Return how a date or number looks in this form."""
    return str(FORM_TEXTS.get(form, form))


def rule_text(rule: str) -> str:
    """Return what a rule of the data base asks for."""
    known = RULE_TEXTS.get(rule)
    return str(known or str(REFUSAL_TEXTS["rule_broken"]) % {"rule": rule})


def question_text(question: str) -> str:
    """Return a question of the doctor as a person asks it."""
    return str(QUESTION_TEXTS.get(question, question))


def lack_text(reason: Reason) -> str:
    """Return what the data lack, in a sentence."""
    sentence = _LACKS.get(reason.code)
    if sentence is None:
        return _("The data are not complete (%(code)s).") % {"code": reason.code}
    table, column = str(reason.params["table"]), reason.params.get("column")
    named = {"table": table_text(table)}
    if column:
        named["column"] = column_text(table, str(column))
    return str(sentence) % {**reason.params, **named}


def refusal_text(reason: Reason, *, table: str = "", column: str = "") -> str:
    """Return why a row or a whole file was not taken, in a sentence.

    ``column`` is the header as the file prints it.
    """
    if reason.code == "rule_broken":
        return rule_text(str(reason.params.get("rule", "")))
    sentence = REFUSAL_TEXTS.get(reason.code) or FILE_TEXTS.get(reason.code)
    if sentence is None:
        return _("This row cannot be taken (%(code)s).") % {"code": reason.code}
    return str(sentence) % _named(reason, table=table, column=column)


def note_text(reason: Reason) -> str:
    """Return what somebody should look at, in a sentence."""
    sentence = NOTE_TEXTS.get(reason.code)
    if sentence is None:
        return _("Look at this list again (%(code)s).") % {"code": reason.code}
    return str(sentence) % _Named(reason.params)


def data_error_text(code: str, data: Mapping[str, object]) -> str:
    """Return what stopped an import, in a sentence."""
    sentence = ERROR_TEXTS.get(code) or FILE_TEXTS.get(code)
    if sentence is None:
        return _("This did not work (%(code)s).") % {"code": code}
    if code == "row_refused":
        return str(sentence) % {"rule": rule_text(str(data.get("rule", "")))}
    table = str(data.get("table", ""))
    return str(sentence) % _Named({**data, "table": table_text(table)})


def _named(reason: Reason, *, table: str, column: str) -> _Named:
    """Return the values of a refusal's sentence, codes among them turned into words."""
    named = _Named({"column": column, **reason.params})
    if "form" in named:
        named["form"] = form_text(str(named["form"]))
    if "allowed" in named:
        values = str(named["allowed"]).split(", ")
        named["allowed"] = _(", ").join(
            f"{value} ({value_text(table, '', value)})" for value in values
        )
    for key in ("of", "columns"):
        if key in named:
            names = str(named[key]).split(", ")
            named[key] = _(", ").join(column_text(table, name) for name in names)
    return named
