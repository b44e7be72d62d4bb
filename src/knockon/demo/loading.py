"""Loading the digital factory into a home, through the same import as any plant's lists."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import msgspec

from knockon.apps.production.services.importing import ImportOptions, import_paths
from knockon.apps.production.services.reports import ImportReport
from knockon.demo.moving import latest_time, story_at
from knockon.demo.simulation.story import STORIES
from knockon.demo.simulation.truth import SimulatedCase
from knockon.demo.simulation.write import write_folder
from knockon.domain.access import SYSTEM
from knockon.domain.errors import KnockonError
from knockon.ports.connector import Connector, RawSheet
from knockon.ports.registry import load_connector

ALL = "all"
_STATE = "demo.json"


class StoryUnknown(KnockonError):
    """There is no story of that name."""

    code = "story_unknown"

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name, known=", ".join([ALL, *STORIES]))


class StoryRefused(KnockonError):
    """The story's own records did not go in whole: a mistake of ours, never of the user."""

    code = "story_refused"

    def __init__(self, *, name: str, refused: int) -> None:
        super().__init__(name=name, refused=refused)


class LoadedStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story as it was loaded: the same name, seed and time always give the same plant."""

    name: str
    trouble_at: datetime
    is_loaded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    home: Path

    @property
    def folder(self) -> Path:
        return self.home / "demo"

    @property
    def state(self) -> Path:
        return self.folder / _STATE


def chosen_stories(name: str) -> tuple[str, ...]:
    """Return the stories that a name on the command line means.

    Raises
    ------
    StoryUnknown
        It means none.
    """
    if name == ALL:
        return tuple(STORIES)
    if name not in STORIES:
        raise StoryUnknown(name=name)
    return (name,)


def load_stories(
    names: Iterable[str], *, home: Path, now: datetime, on_load: Callable[[str], None]
) -> tuple[LoadedStory, ...]:
    """Load the stories that are not there yet; return all of them.

    A plan is written down before it is loaded, so that a start that was interrupted goes on with
    the same plant.
    """
    place = _Place(home=home)
    planned = {plan.name: plan for plan in known_stories(home)}
    for name in names:
        if name not in planned:
            planned[name] = LoadedStory(name=name, trouble_at=latest_time(name, until=now))
    _keep(place, planned.values())
    for name in names:
        plan = planned[name]
        if plan.is_loaded:
            continue
        on_load(name)
        _load(plan, place=place, now=now)
        planned[name] = LoadedStory(name=name, trouble_at=plan.trouble_at, is_loaded=True)
        _keep(place, planned.values())
    return tuple(planned[name] for name in names)


def known_stories(home: Path) -> tuple[LoadedStory, ...]:
    """Return the stories of a home, loaded or about to be."""
    state = _Place(home=home).state
    if not state.exists():
        return ()
    return msgspec.json.decode(state.read_bytes(), type=tuple[LoadedStory, ...])


def case_of(plan: LoadedStory) -> SimulatedCase:
    """Return the plant of a story, made again from its seed."""
    return story_at(plan.name, trouble_at=plan.trouble_at.astimezone(UTC))


def import_records(
    table: str, rows: list[dict[str, str]], *, plant: str, folder: Path, now: datetime
) -> ImportReport:
    """Import rows of one table as a plant's own list would be."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{table}.csv"
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=names)
        writer.writeheader()
        writer.writerows(rows)
    return _import([path], plant=plant, now=now)


def _load(plan: LoadedStory, *, place: _Place, now: datetime) -> None:
    case = case_of(plan)
    folder = place.folder / plan.name
    write_folder(case, folder)
    report = _import([folder], plant=case.plant, now=now)
    if report.refused or not report.is_applied:
        raise StoryRefused(name=plan.name, refused=len(report.refused))


class _OwnFiles:
    """The connector for files that we wrote a moment ago: they need no guarded process each."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connector, name)

    def read_sheets_guarded(self, path: Path) -> tuple[RawSheet, ...]:
        """Read in this process."""
        return self._connector.read_sheets(path)


def _import(paths: list[Path], *, plant: str, now: datetime) -> ImportReport:
    options = ImportOptions(plant=plant, source=f"demo {plant}")
    return import_paths(
        paths,
        connector=cast("Connector", _OwnFiles(load_connector("tabular"))),
        options=options,
        viewer=SYSTEM,
        now=now,
    )


def _keep(place: _Place, plans: Iterable[LoadedStory]) -> None:
    place.folder.mkdir(parents=True, exist_ok=True)
    draft = place.state.with_suffix(".part")
    draft.write_bytes(msgspec.json.encode(tuple(plans)))
    draft.replace(place.state)
