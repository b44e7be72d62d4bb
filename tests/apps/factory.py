"""A plant that tells of its lots row by row, for the trace cases that need memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from knockon.apps.disruptions.models import Disruption, Impact
from knockon.apps.disruptions.services import reopening
from knockon.apps.disruptions.services.assessment import on_facts
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.domain.access import SYSTEM
from knockon.domain.disruptions import DisruptionKind, Scope
from knockon.domain.events import FactsImported
from knockon.domain.facts import LotKey

NOW = datetime(2026, 3, 5, 18, 14, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Factory:
    """A plant into which rows are imported, day by day."""

    plant: str

    def take(self, table: str, *rows: dict[str, str], after: timedelta = timedelta(0)) -> None:
        """Import rows and let everybody know who listens."""
        options = ImportOptions(plant=self.plant, source="ERP")
        report = import_records(table, rows, options=options, viewer=SYSTEM, now=NOW + after)
        assert not report.refused
        if report.position is None:
            return
        event = FactsImported(plant=self.plant, position=report.position, tables=(table,))
        on_facts(event, now=NOW + after)
        reopening.on_facts(event, now=NOW + after)

    def report(self, *lots: str, key: str = "r1") -> Disruption:
        """Report bad lots."""
        scope = Scope(plant=self.plant, lots=tuple(self.lot(name) for name in lots))
        request = OpeningRequest(
            kind=DisruptionKind.QUALITY, scope=scope, origin="api", origin_key=key
        )
        return open_disruption(request, viewer=SYSTEM, now=NOW)

    def lot(self, name: str) -> LotKey:
        return LotKey(self.plant, name[0], name)


LOTS = ("A1", "A2", "B1", "B2")


def use(source: str, target: str, number: str, day: int = 1) -> dict[str, str]:
    return {
        "input_lot": source,
        "output_lot": target,
        "qty": "10",
        "at": f"2026-02-{day:02}T08:00:00Z",
        "event_id": number,
    }


def order(number: str, customer: str) -> dict[str, str]:
    return {
        "order": number,
        "line": "1",
        "customer": customer,
        "item": "B",
        "qty": "10",
        "due_at": "2026-02-10T08:00:00Z",
        "shipped_qty": "10",
        "status": "closed",
    }


def sent(shipment: str, order: str, customer: str, lot: str) -> dict[str, str]:
    return {
        "shipment": shipment,
        "line_no": "1",
        "order": order,
        "line": "1",
        "customer": customer,
        "item": "B",
        "lot": lot,
        "qty": "10",
        "shipped_at": "2026-02-05T08:00:00Z",
    }


def names(rows: Sequence[dict[str, Any]], field: str) -> list[Any]:
    return [row[field] for row in rows]


def newest_of(row: Disruption) -> Impact:
    return Impact.objects.filter(disruption=row).latest("pk")
