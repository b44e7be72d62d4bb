"""``knockon report``: opens a disruption and answers whom it hits."""

import time
import uuid
from argparse import Namespace
from datetime import datetime
from typing import Any

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.answers.impacts import impact_document
from knockon.apps.disruptions.selectors import ImpactMissing
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.config.commands.asked import (
    chosen_site,
    clock_of,
    read_instant,
    read_lot,
    read_number,
    read_span,
    terminal_viewer,
)
from knockon.config.commands.impact_tables import impact_parts
from knockon.config.output import Outcome
from knockon.domain.access import Viewer
from knockon.domain.disruptions import DisruptionKind, Scope, Severity
from knockon.ports.clock import SystemClock
from knockon.runtime.handling import dispatch_entry

# A worker may have taken the question first; then it answers.
_PATIENCE_S = 120.0


def run(given: Namespace) -> Outcome:
    """Open the disruption, have it answered, and show the answer."""
    now = SystemClock().now()
    viewer = terminal_viewer()
    request = OpeningRequest(
        kind=DisruptionKind(given.kind),
        scope=_scope(given, chosen_site(given.plant), now=now),
        origin="person",
        origin_key=f"terminal:{uuid.uuid4()}",
        severity=Severity(given.severity) if given.severity else None,
        cause=given.cause,
        note=given.note,
    )
    opened = open_disruption(request, viewer=viewer, now=now)
    dispatch_entry(opened.opened_id)
    document = _answered(opened.pk, viewer=viewer)
    with clock_of(opened.site_id):
        return Outcome(document=document, parts=impact_parts(document))


def _scope(given: Namespace, site: Site, *, now: datetime) -> Scope:
    def instant(text: str | None) -> datetime | None:
        return None if text is None else read_instant(text, zone=site.timezone, now=now)

    begin = instant(given.begin)
    return Scope(
        plant=site.code,
        equipment=(*given.equipment, *given.area),
        tool=given.tool,
        cavity=given.cavity,
        lots=tuple(read_lot(text) for text in given.lot),
        supplier_lot=given.supplier_lot,
        item=given.item,
        qty=None if given.qty is None else read_number(given.qty),
        purchase_order=given.po,
        supplier=given.supplier,
        people=tuple(given.person),
        customer=given.customer,
        order=given.order,
        start=begin,
        end=instant(given.until),
        repair_s=_repair_s(given),
        **({} if given.rate is None else {"rate": read_number(given.rate)}),
    )


def _repair_s(given: Namespace) -> int | None:
    if given.repair is None:
        return None
    return round(read_span(given.repair).total_seconds())


def _answered(disruption_id: int, *, viewer: Viewer) -> dict[str, Any]:
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return impact_document(disruption_id, viewer=viewer)
        except ImpactMissing:
            if time.monotonic() > until:
                raise
        time.sleep(0.05)
