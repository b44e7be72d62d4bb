"""``knockon seal``: lay the genealogy of lots down in files that traces are answered from."""

import os
from argparse import Namespace
from dataclasses import asdict

from knockon.apps.disruptions.answers.pictures import segment_store
from knockon.apps.production.segments.sealing import (
    SealReport,
    is_due,
    is_up_to_date,
    plants_to_seal,
    seal,
)
from knockon.config.output import Outcome, Table
from knockon.config.words import gettext as _
from knockon.ports.clock import SystemClock

_NICENESS = 10


def run(given: Namespace) -> Outcome:
    """Seal what is not up to date; with ``--rebuild`` everything."""
    store = segment_store()
    if given.when_due:
        # Nobody waits for it: whoever works for people goes first.
        os.nice(_NICENESS)
    made, kept = [], []
    for plants in plants_to_seal():
        if given.when_due:
            is_needed = is_due(plants, store=store, now=SystemClock().now())
        else:
            is_needed = given.rebuild or not is_up_to_date(plants, store=store)
        if is_needed:
            made.append(seal(plants, store=store))
        else:
            kept.append(plants)
    document = {
        "sealed": [asdict(report) for report in made],
        "up_to_date": [list(plants) for plants in kept],
    }
    parts: list[Table | str] = [_table(made)] if made else []
    if kept:
        names = "; ".join(", ".join(plants) for plants in kept)
        parts.append(_("Already up to date: %(plants)s.") % {"plants": names})
    return Outcome(document=document, parts=parts)


def _table(made: list[SealReport]) -> Table:
    return Table(
        headings=[_("Plants"), _("Position"), _("Lots"), _("Links"), _("Bytes"), _("Seconds")],
        rows=[
            [
                ", ".join(report.plants),
                report.position,
                report.lots,
                report.links,
                report.bytes,
                f"{report.seconds:.1f}",
            ]
            for report in made
        ],
        title=_("Sealed genealogies"),
    )
