"""What can go wrong with orders, lots and imports, in sentences."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

ERROR_TEXTS: Mapping[str, object] = {
    "segment_damaged": gettext_lazy(
        "The sealed genealogy “%(file)s” is damaged (%(reason)s). It is built again from the data."
    ),
    "segment_refused": gettext_lazy(
        "The sealed genealogy “%(file)s” does not fit this data (%(reason)s). It is built again."
    ),
    "sealing_busy": gettext_lazy("Another process is sealing the same plants. Try again later."),
    "lot_unknown": gettext_lazy("Lot “%(lot)s” is not known here."),
    "lot_looks_like": gettext_lazy(
        "Lot “%(lot)s” is not known here. Did you mean %(near)s? Write it as it is."
    ),
    "lot_ambiguous": gettext_lazy(
        "Several lots have the number “%(lot)s”. Name the item or who issued it."
    ),
    "order_line_unknown": gettext_lazy("There is no such order line, or you may not see it."),
    "customer_unknown": gettext_lazy("There is no such customer, or you may not see it."),
    "upload_too_large": gettext_lazy(
        "“%(file)s” is too large to upload. Split it, or export a shorter period."
    ),
    "file_kind_unknown": gettext_lazy(
        "“%(file)s” is no list that can be read. Save it as CSV or as an Excel workbook."
    ),
    "nothing_dropped": gettext_lazy("Choose at least one file."),
    "draft_busy": gettext_lazy(
        "This import is being worked on at the moment. Wait until it is ready."
    ),
    "draft_unknown": gettext_lazy("There is no such import, or it is somebody else's."),
    "draft_done": gettext_lazy(
        "This import is done. Drop the files again to import them once more."
    ),
    "import_broken": gettext_lazy(
        "Something went wrong in Knockon itself. Nothing of these files was imported; try again, and tell your administrator if it stays so."
    ),
    "mapping_unknown": gettext_lazy("There is no saved reading rule of that name here."),
    "mapping_unnamed": gettext_lazy("Give the reading rule a name."),
    "mapping_suits_nothing": gettext_lazy("This reading rule fits none of the files."),
    "mapping_refused": gettext_lazy(
        "This is no reading rule that can be used (at “%(where)s”: %(why)s)."
    ),
    "unknown_table": gettext_lazy("There is no list “%(table)s”."),
    "unknown_column": gettext_lazy("The list “%(table)s” has no column “%(column)s”."),
    "nothing_to_import": gettext_lazy("There is no file that can be read."),
    "import_unknown": gettext_lazy("There is no such import, or it is not yours to see."),
    "snapshot_refused": gettext_lazy(
        "Taking this list as the whole would close %(closing)s of %(known)s rows of “%(table)s”. Nothing was changed."
    ),
    "row_refused": gettext_lazy("This row was not saved, because it breaks a rule: %(rule)s"),
    "mending_unexplained": gettext_lazy("Say how you know which lot it was."),
    "mending_incomplete": gettext_lazy(
        "Something is still missing here: name the lot, and where asked the quantity and the time."
    ),
    "link_gone": gettext_lazy(
        "This record was changed meanwhile. Look at the list of broken links again."
    ),
    "plugin_missing": gettext_lazy("The part that reads files is not installed."),
    "plugin_broken": gettext_lazy("The part that reads files does not start."),
    "plant_unknown": gettext_lazy(
        "Several plants are known, and the rows do not say which is meant. Choose the plant of this import."
    ),
    "zone_unknown": gettext_lazy("“%(zone)s” is no time zone. Write it like Asia/Taipei."),
    "cell_refused": gettext_lazy("The cell “%(value)s” cannot be read."),
    "table_not_stored": gettext_lazy(
        "This list comes in by another way: machines send signals themselves."
    ),
    "not_allowed": gettext_lazy("You may not do this here."),
}
"""Sentences of the errors that production raises, with named placeholders."""
