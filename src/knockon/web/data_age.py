"""How old the data are on which an answer stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from knockon.web.wording import instant

OLD_AFTER = timedelta(hours=24)
"""Data older than a day are pointed at: a plant's lists are delivered at least daily."""

_GROUPS: Sequence[tuple[str, object]] = (
    ("sales_orders", gettext_lazy("Order data")),
    ("work_orders", gettext_lazy("Work orders")),
    ("operations", gettext_lazy("Plan")),
    ("work_reports", pgettext_lazy("data", "Work reports")),
    ("consumption", gettext_lazy("Material consumption")),
    ("lots", pgettext_lazy("data", "Lots")),
    ("stock", gettext_lazy("Stock")),
    ("shipments", gettext_lazy("Shipments")),
    ("receipts", gettext_lazy("Incoming goods")),
    ("inspections", gettext_lazy("Inspections")),
)
"""The tables whose age people ask for, in the order in which they do."""


def age_lines(
    sources: Sequence[Mapping[str, Any]], *, as_of: datetime | None
) -> list[dict[str, Any]]:
    """Return one line for all the data of the same minute, and whether they are old."""
    newest: dict[str, datetime] = {}
    for source in sources:
        table = str(source["source"]).rsplit("/", 1)[-1]
        at = instant(source["last_good_at"])
        if at is not None:
            newest[table] = max(at, newest.get(table, at))
    together: dict[datetime, list[str]] = {}
    for table, label in _GROUPS:
        if table in newest:
            together.setdefault(newest[table].replace(second=0, microsecond=0), []).append(
                str(label)
            )
    lines = [
        {
            "name": _(", ").join(names),
            "last_good_at": at,
            "old": as_of is not None and as_of - at > OLD_AFTER,
        }
        for at, names in together.items()
    ]
    if not lines:
        return [{"name": _("Data of this plant"), "last_good_at": None, "old": True}]
    return lines
