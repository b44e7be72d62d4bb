"""The refused rows of an import as a file for a spreadsheet."""

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from knockon.apps.production.models import RefusedRow
from knockon.apps.production.reason_texts import refusal_text, table_text
from knockon.domain.reasons import Reason
from knockon.domain.spreadsheet_text import shown_text


def refused_rows_file(rows: Iterable[RefusedRow]) -> bytes:
    """Return the rows with file, row, column, value and reason in the reader's language.

    The mark at the front tells spreadsheet programs that the file is UTF-8; no cell is a formula.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([_("File"), _("List"), _("Row"), _("Column"), _("Value"), _("Reason")])
    for row in rows:
        writer.writerow(
            shown_text(cell)
            for cell in (
                row.file,
                table_text(row.table),
                str(row.row) if row.row else "",
                row.column,
                row.value,
                why(row),
            )
        )
    return stream.getvalue().encode("utf-8-sig")


def why(row: RefusedRow) -> str:
    """Return why a row was refused, in a sentence."""
    reason = Reason(code=row.code, params=row.params)
    return refusal_text(reason, table=row.table, column=row.column)
