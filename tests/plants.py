"""Simulated plants in the data base, for tests of memory and faces."""

from zoneinfo import ZoneInfo

from knockon.apps.production.services.importing import ImportOptions, import_rows, taken
from knockon.apps.production.services.records import as_sheet
from knockon.apps.production.services.reports import ImportReport
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM
from knockon.ports.registry import load_connector


def import_case(case: SimulatedCase) -> ImportReport:
    """Import a case's records as its plant would have sent them, in one run."""
    connector = load_connector("tabular")
    zone = ZoneInfo(case.timezone)
    report = ImportReport()
    parts = []
    for table, rows in case.tables.items():
        if rows and table != "signals":
            sheet, mapping = as_sheet(table, rows, plant=None)
            converted = connector.convert(sheet, mapping, zone=zone)
            parts.append(taken(converted, mapping=mapping, report=report))
    return import_rows(
        parts, options=ImportOptions(zone=case.timezone), viewer=SYSTEM, now=case.now, report=report
    )
