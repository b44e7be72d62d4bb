"""Machines by area, each with what it does now; no data is drawn as no data."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from knockon.apps.disruptions.models import MachineState
from knockon.apps.plant.models import Equipment

SILENT_AFTER = timedelta(minutes=15)
"""A machine that said nothing for so long is shown as silent, whatever it said last."""

_LOOKS: Mapping[str, tuple[str, object]] = {
    "down": ("alert-triangle-filled", _("Stopped")),
    "stopped": ("hand-stop", _("Stopped")),
    "idle": ("clock", _("Idle")),
    "running": ("circle-full", _("Running")),
    "unknown": ("help", _("State unclear")),
    "silent": ("plug-off", _("No data")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One machine; ``look`` names its drawing, ``since`` when it began to be so."""

    equipment: str
    name: str
    look: str
    icon: str
    text: str
    since: datetime | None
    case_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Machines that belong together."""

    plant: str
    code: str
    name: str
    tiles: tuple[Tile, ...]


class EquipmentTree:
    """The equipment of the plants that a viewer may see."""

    def __init__(self, rows: Sequence[Equipment]) -> None:
        self._rows = {(row.site_id, row.equipment): row for row in rows}
        self._parents = {(row.site_id, row.parent) for row in rows if row.parent}

    def machines(self) -> list[Equipment]:
        """Return the nodes without others below them, in key order."""
        return [row for key, row in self._rows.items() if key not in self._parents]

    def areas(self) -> list[Equipment]:
        """Return the nodes that have machines right below them, in key order."""
        direct = {(row.site_id, row.parent) for row in self.machines()}
        return [row for key, row in self._rows.items() if key in direct]

    def name(self, plant: str, code: str) -> str:
        """Return a node's name, or nothing."""
        row = self._rows.get((plant, code))
        return row.name if row else ""

    def above(self, plant: str, code: str) -> tuple[str, ...]:
        """Return the node and what is above it, nearest first."""
        found: list[str] = []
        while code and code not in found:
            found.append(code)
            row = self._rows.get((plant, code))
            code = row.parent if row else ""
        return tuple(found)


def build_areas(
    tree: EquipmentTree,
    *,
    states: Sequence[MachineState],
    down: Mapping[tuple[str, str], int],
    area: str,
    now: datetime,
) -> tuple[Area, ...]:
    """Return the machines by area; ``down`` names the open case of each stopped node.

    With ``area`` only what is below that node.
    """
    known = {(row.site_id, row.equipment): row for row in states}
    groups: dict[tuple[str, str], list[Tile]] = defaultdict(list)
    for row in tree.machines():
        above = tree.above(row.site_id, row.equipment)
        if area and area not in above:
            continue
        case_id = next(
            (down[(row.site_id, node)] for node in above if (row.site_id, node) in down), None
        )
        state = known.get((row.site_id, row.equipment))
        groups[(row.site_id, row.parent)].append(_tile(row, state, case_id=case_id, now=now))
    return tuple(
        Area(plant=plant, code=code, name=tree.name(plant, code), tiles=tuple(tiles))
        for (plant, code), tiles in sorted(groups.items())
    )


def _tile(
    row: Equipment, state: MachineState | None, *, case_id: int | None, now: datetime
) -> Tile:
    look, since = _look(state, is_down=case_id is not None, now=now)
    icon, text = _LOOKS[look]
    return Tile(
        equipment=row.equipment,
        name=row.name,
        look=look,
        icon=icon,
        text=str(text),
        since=since,
        case_id=case_id,
    )


def _look(
    state: MachineState | None, *, is_down: bool, now: datetime
) -> tuple[str, datetime | None]:
    if is_down:
        stopped = state is not None and state.state == "stopped"
        return "down", state.since if state and stopped else None
    if state is None:
        return "silent", None
    if now - state.last_seen_at > SILENT_AFTER:
        return "silent", state.last_seen_at
    return (state.state if state.state in _LOOKS else "unknown"), state.since
