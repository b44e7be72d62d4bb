"""Why a cell, a row or a file was not taken, in sentences."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

REFUSAL_TEXTS: Mapping[str, object] = {
    "blank_required": gettext_lazy("This cell must not be empty."),
    "control_character": gettext_lazy("This text holds a sign that cannot be shown (%(value)s)."),
    "differs_from_row": gettext_lazy("Row %(row)s names the same thing but says otherwise."),
    "key_lost_digits": gettext_lazy(
        "The workbook stored this number as a figure and lost its last digits. Format the column as text and export the list again."
    ),
    "needs_one_of": gettext_lazy("One of these must be given: %(of)s."),
    "no_such_date": gettext_lazy("This date does not exist."),
    "no_such_time": gettext_lazy("This is no time of day."),
    "not_a_number": gettext_lazy("This is no number."),
    "not_whole": gettext_lazy("This must be a whole number."),
    "not_yes_or_no": gettext_lazy("Write yes or no here."),
    "number_not_finite": gettext_lazy("This is no number."),
    "number_too_long": gettext_lazy("This number has too many digits."),
    "text_too_long": gettext_lazy("This text has %(length)s characters; at most %(longest)s fit."),
    "too_few_parts": gettext_lazy("This number has fewer parts than its column's other numbers."),
    "too_many_cells": gettext_lazy("This row has more cells than the list has columns."),
    "unknown_value": gettext_lazy(
        "What this means is not known yet. Give its meaning in the reading rule of “%(column)s”, or write one of: %(allowed)s."
    ),
    "wrong_date_form": gettext_lazy(
        "This is not written as the column's other dates are (%(form)s)."
    ),
    "columns_needed": gettext_lazy(
        "No column holds: %(columns)s. Choose one in the reading rule, or leave this list out."
    ),
    "plant_unknown": gettext_lazy(
        "The plant “%(plant)s” is not known. Name a plant that exists, or choose one for the whole import."
    ),
    "lot_ambiguous": gettext_lazy(
        "Several lots have the number “%(lot)s”: %(candidates)s. Give the item or the issuer beside it."
    ),
    "lot_unknown": gettext_lazy("Lot “%(lot)s” is not known here."),
    "zone_unknown": gettext_lazy("“%(zone)s” is no time zone. Write it like Asia/Taipei."),
    "table_not_stored": gettext_lazy(
        "This list comes in by another way: machines send signals themselves."
    ),
    "rule_broken": gettext_lazy("The row breaks the rule “%(rule)s”."),
}
"""Sentences of refused rows."""

FILE_TEXTS: Mapping[str, object] = {
    "file_refused": gettext_lazy(
        "The file “%(file)s” cannot be read. Export it again and drop it once more."
    ),
    "file_too_large": gettext_lazy(
        "The file “%(file)s” is larger than one import may be (%(what)s: %(found)s, at most %(limit)s). Split it, or export a shorter period."
    ),
    "archive_bomb": gettext_lazy(
        "The workbook “%(file)s” unpacks to far more than it packs, as no honest list does. Export it again."
    ),
    "archive_broken": gettext_lazy(
        "The workbook “%(file)s” is damaged or was copied only in part. Copy or export it again."
    ),
    "xml_with_dtd": gettext_lazy(
        "The workbook “%(file)s” holds a part that no honest workbook has. Open it in a spreadsheet program and save it as a new file."
    ),
    "workbook_locked": gettext_lazy(
        "The workbook “%(file)s” is locked by a password. Save a copy without password and drop that."
    ),
    "format_unknown": gettext_lazy(
        "“%(file)s” is no list that can be read. Save it as CSV or as an Excel workbook."
    ),
    "encoding_broken": gettext_lazy(
        "The characters in “%(file)s” are damaged from line %(line)s on. Export it again as UTF-8."
    ),
    "cell_too_long": gettext_lazy(
        "A cell in row %(row)s of “%(file)s” is longer than any cell of a list. Mend it there and drop the file again."
    ),
    "file_cut_short": gettext_lazy(
        "“%(file)s” ends in the middle of row %(row)s. Wait until it is written whole, then drop it again."
    ),
    "file_still_growing": gettext_lazy(
        "“%(file)s” was still being written. Wait until it is whole, then drop it again."
    ),
    "duplicate_headers": gettext_lazy(
        "In “%(file)s” several columns have the same name (%(headers)s) but differ. Rename them and drop the file again."
    ),
    "header_not_found": gettext_lazy(
        "In “%(file)s” these columns were not found: %(missing)s. Choose the columns again, or drop a file that has them."
    ),
    "reading_stopped": gettext_lazy(
        "Reading “%(file)s” took too much time or memory. Split it into smaller files."
    ),
}
"""Sentences of refused files; each says what to do."""

NOTE_TEXTS: Mapping[str, object] = {
    "control_total_differs": gettext_lazy(
        "The total printed in row %(row)s of “%(file)s” under “%(column)s” is %(printed)s, but the rows add up to %(summed)s. A row may be missing."
    ),
    "columns_kept_as_own_fields": gettext_lazy(
        "%(count)s columns are kept as own fields: %(columns)s."
    ),
    "user_defined_characters": gettext_lazy(
        "The list holds %(count)s user-defined characters, which were kept: %(characters)s."
    ),
    "no_header_found": gettext_lazy("No header row was found in this sheet."),
    "year_needed": gettext_lazy("The day headers print no year. Check the days in the preview."),
    "unknown_values": gettext_lazy(
        "Under “%(column)s” nobody has said yet what these mean: %(values)s."
    ),
    "day_or_month_first": gettext_lazy(
        "Under “%(column)s” day and month could change places. Check the date form."
    ),
}
"""Sentences of what somebody should look at."""
