"""``knockon import`` and ``knockon doctor``."""

import csv
import logging
import sys
import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from knockon.apps.disruptions.answers.pictures import segment_store
from knockon.apps.production.answers import Verdict, doctor
from knockon.apps.production.reason_texts import (
    ERROR_TEXTS,
    lack_text,
    question_text,
    refusal_text,
    table_text,
)
from knockon.apps.production.segments.sealing import refused_segments
from knockon.apps.production.services.importing import ImportOptions, import_paths
from knockon.apps.production.services.reports import ImportReport, Refusal
from knockon.config.commands.asked import terminal_viewer
from knockon.config.output import DONE, FAILED, PARTLY, Outcome, Table
from knockon.config.words import error_words
from knockon.domain.errors import KnockonError
from knockon.domain.mapping_json import load_mapping
from knockon.domain.spreadsheet_text import shown_text
from knockon.ports.clock import SystemClock
from knockon.ports.registry import load_connector

logger = logging.getLogger(__name__)

_LOOK_EVERY_S = 1.0
_MOST_SHOWN = 20


class OptionMissing(KnockonError):
    """A command needs an option that was not given."""

    code = "option_missing"

    def __init__(self, *, option: str) -> None:
        super().__init__(option=option)


def run(given: Namespace) -> Outcome:
    """Import, watch a folder, or say what the data can answer."""
    if given.command == "doctor":
        return _doctor()
    if given.watch is not None:
        return _watch(given)
    if not given.paths:
        raise OptionMissing(option="PATH")
    return _outcome(_imported(given, given.paths), given)


def _imported(given: Namespace, paths: Sequence[Path]) -> ImportReport:
    mapping = load_mapping(given.mapping.read_text("utf-8")) if given.mapping else None
    options = ImportOptions(
        plant=given.plant,
        source=given.source or "import",
        dry_run=given.dry_run,
        all_or_nothing=given.all_or_nothing,
        snapshot=frozenset(given.snapshot),
        zone=settings.TIME_ZONE,
        mapping=mapping,
    )
    return import_paths(
        paths,
        connector=load_connector("tabular"),
        options=options,
        viewer=terminal_viewer(),
        now=SystemClock().now(),
        progress=_progress,
    )


def _progress(name: str, done: int, total: int) -> None:
    sys.stderr.write(f"  {name}  {done}/{total}\n")


def _outcome(report: ImportReport, given: Namespace) -> Outcome:
    parts: list[Table | str] = [_counts(report)]
    if report.refused:
        parts += [_refused(report.refused), _write_errors(report.refused, given.errors)]
    if given.dry_run:
        parts.append(_("Nothing was stored: this was a dry run."))
    elif not report.is_applied:
        parts.append(_("Nothing was stored."))
    return Outcome(document=_document(report), parts=parts, exit_code=_exit_code(report, given))


def _exit_code(report: ImportReport, given: Namespace) -> int:
    if not (report.is_applied or given.dry_run):
        return FAILED
    return PARTLY if report.refused or report.unread else DONE


def _document(report: ImportReport) -> dict[str, Any]:
    return {
        "run": report.run_id,
        "position": report.position,
        "is_applied": report.is_applied,
        "rows": report.rows,
        "tables": report.tables,
        "refused": [
            {
                "file": row.file,
                "table": row.table,
                "row": row.row,
                "column": row.column,
                "value": row.value,
                "code": row.reason.code,
                "params": dict(row.reason.params),
                "reason": _words(row),
            }
            for row in report.refused
        ],
        "unread": report.unread,
        "notes": [{"code": note.code, "params": dict(note.params)} for note in report.notes],
    }


def _counts(report: ImportReport) -> Table:
    kinds = ("added", "changed", "unchanged", "closed", "refused")
    headings = [_("List"), _("New"), _("Changed"), _("Known"), _("Closed"), _("Refused")]
    rows = [
        [table_text(table), *(counts.get(kind, 0) for kind in kinds)]
        for table, counts in report.tables.items()
    ]
    return Table(headings=headings, rows=rows)


def _refused(refused: Sequence[Refusal]) -> Table:
    return Table(
        headings=[_("File"), _("Row"), _("Column"), _("Value"), _("Why")],
        rows=[[row.file, row.row, row.column, row.value, _words(row)] for row in refused][
            :_MOST_SHOWN
        ],
        title=_("Refused rows: %(count)s") % {"count": len(refused)},
    )


def _write_errors(refused: Sequence[Refusal], path: Path) -> str:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "table", "row", "column", "value", "reason"])
        for row in refused:
            cells = [row.file, row.table, str(row.row), row.column, row.value, _words(row)]
            writer.writerow([shown_text(cell) for cell in cells])
    return _("All refused rows are listed in %(path)s.") % {"path": path}


def _words(row: Refusal) -> str:
    return refusal_text(row.reason, table=row.table, column=row.column)


def _watch(given: Namespace) -> Outcome:
    """Import what appears in a folder until interrupted; a file is moved after its commit."""
    folder: Path = given.watch
    taken, refused = folder / "done", folder / "refused"
    for place in (taken, refused):
        place.mkdir(parents=True, exist_ok=True)
    sys.stderr.write(_("Watching %(folder)s.") % {"folder": folder} + "\n")
    seen: Mapping[Path, tuple[int, int]] = {}
    files = 0
    try:
        while True:
            now = _files(folder)
            for path in sorted(path for path, stamp in now.items() if seen.get(path) == stamp):
                files += 1
                _take_file(given, path, taken=taken, refused=refused)
            seen = _files(folder)
            time.sleep(_LOOK_EVERY_S)
    except KeyboardInterrupt:
        return Outcome(document={"files": files})


def _files(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return the files of a folder and what changes while they are still written."""
    found = {}
    for path in folder.iterdir():
        if path.is_file() and not path.name.startswith((".", "~")):
            stat = path.stat()
            found[path] = (stat.st_size, stat.st_mtime_ns)
    return found


def _take_file(given: Namespace, path: Path, *, taken: Path, refused: Path) -> None:
    stamp = SystemClock().now().strftime("%Y%m%dT%H%M%S%f")
    try:
        report = _imported(given, [path])
    except KnockonError as error:
        logger.warning("%s was refused: %s", path.name, error)
        path.rename(refused / f"{stamp}-{path.name}")
        return
    if report.refused:
        _write_errors(report.refused, refused / f"{stamp}-{path.name}.errors.csv")
    place = taken if report.is_applied else refused
    path.rename(place / f"{stamp}-{path.name}")
    logger.info("%s: %s rows, %s refused.", path.name, report.rows, len(report.refused))


def _doctor() -> Outcome:
    verdicts = doctor(viewer=terminal_viewer())
    return Outcome(
        document=[
            {
                "plant": verdict.plant,
                "question": verdict.question,
                "grade": verdict.grade,
                "missing": [
                    {"code": lack.code, "params": dict(lack.params)} for lack in verdict.missing
                ],
            }
            for verdict in verdicts
        ],
        parts=[
            _verdicts(verdicts),
            *(
                error_words(refusal, more=ERROR_TEXTS)
                for refusal in refused_segments(segment_store())
            ),
        ],
    )


def _verdicts(verdicts: Sequence[Verdict]) -> Table:
    grades = {"yes": _("yes"), "partly": _("partly"), "no": _("no")}
    return Table(
        headings=[_("Plant"), _("Question"), _("Answerable"), _("What is missing")],
        rows=[
            [
                verdict.plant if number == 0 else "",
                question_text(verdict.question) if number == 0 else "",
                grades[verdict.grade] if number == 0 else "",
                lack,
            ]
            for verdict in verdicts
            for number, lack in enumerate(_lacks(verdict) or [""])
        ],
    )


def _lacks(verdict: Verdict) -> list[str]:
    return list(dict.fromkeys(lack_text(each) for each in verdict.missing))
