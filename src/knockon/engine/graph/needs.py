"""What a work order's lots must contain, by requirement or bill of material."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from knockon.domain.facts import BomLine, WorkOrder
from knockon.engine.graph.register import Register

_MAX_PHANTOMS: Final = 20
"""Levels of phantom items; deeper is a ring in the bill of material."""
REQUIREMENT_SLACK: Final = Decimal("0.9")
"""A requirement includes scrap that a good run does not use; less than this is a hole."""
BOM_SLACK: Final = Decimal("0.98")
"""A bill of material's net quantity is used in full but for rounding and weighing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A component that every unit made contains.

    Parameters
    ----------
    items
        The component, then what may stand in for it.
    per_unit
        Least quantity that is used per unit made, in ``uom``; None is unknown.
    """

    items: tuple[str, ...]
    per_unit: Decimal | None
    uom: str | None


class NeedTable:
    """Needs of work orders; a bill of material is read once per item and plant."""

    __slots__ = ("_bom", "_dated", "_read", "_register", "_required")

    def __init__(self, register: Register) -> None:
        self._register = register
        bom: dict[str, list[BomLine]] = defaultdict(list)
        for line in register.facts.bom:
            bom[line.parent_item].append(line)
        self._bom: Mapping[str, list[BomLine]] = bom
        self._dated = any(line.effective_from or line.effective_to for line in register.facts.bom)
        required = defaultdict(list)
        for row in register.facts.requirements:
            required[row.work_order].append(row)
        self._required = required
        self._read: dict[tuple[str, str], dict[str, Need]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known to need anything."""
        return not (self._bom or self._required)

    def needs(self, work_order: WorkOrder) -> tuple[Need, ...]:
        """Return what each unit of the work order's item must contain; rework needs nothing."""
        by_bom = self._by_bom(work_order)
        required = self._required.get(work_order.key, [])
        if not required:
            return () if work_order.kind == "rework" else tuple(by_bom.values())
        by_item = {item: need for need in by_bom.values() for item in need.items}
        needs: dict[Need, None] = {}
        for row in required:
            if row.required_qty <= 0 or self._is_phantom(row.component):
                continue
            share = row.required_qty / work_order.qty if work_order.qty > 0 else None
            least = None if share is None else share * REQUIREMENT_SLACK
            own = Need(items=(row.component,), per_unit=least, uom=row.uom)
            needs[by_item.get(row.component, own)] = None
        return tuple(needs)

    def _by_bom(self, work_order: WorkOrder) -> dict[str, Need]:
        """Return the item's needs by component, read once where no revision depends on time."""
        key = (work_order.item, work_order.key.plant)
        if key in self._read:
            return self._read[key]
        needs = _grouped(list(self._lines(work_order)))
        if not self._dated:
            self._read[key] = needs
        return needs

    def _is_phantom(self, item: str) -> bool:
        described = self._register.items.get(item)
        return described is not None and described.kind == "phantom"

    def _lines(self, work_order: WorkOrder) -> Iterator[tuple[BomLine, Decimal]]:
        """Yield the lines in force with the quantity per unit made, phantoms opened up."""
        frontier = [(work_order.item, Decimal(1), 0)]
        for parent, times, depth in frontier:
            for line in self._in_force(work_order, parent):
                per_unit = times * line.qty_per / line.base_qty if line.base_qty else times
                phantom = line.is_phantom or self._is_phantom(line.component_item)
                if not phantom:
                    yield line, per_unit
                elif depth < _MAX_PHANTOMS:
                    frontier.append((line.component_item, per_unit, depth + 1))

    def _in_force(self, work_order: WorkOrder, parent: str) -> list[BomLine]:
        lines = [
            line for line in self._bom.get(parent, ()) if line.plant in (None, work_order.key.plant)
        ]
        start = work_order.planned_start
        if start is None:
            return lines
        return [
            line
            for line in lines
            if (line.effective_from is None or line.effective_from <= start.latest)
            and (line.effective_to is None or start.earliest < line.effective_to)
        ]


def _grouped(lines: Sequence[tuple[BomLine, Decimal]]) -> dict[str, Need]:
    """Return one need per component, with its substitutes and alternates, by component."""
    stand_ins: dict[str, set[str]] = defaultdict(set)
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line, _ in lines:
        if line.substitute_of:
            stand_ins[line.substitute_of].add(line.component_item)
        if line.alternate_group:
            groups[line.parent_item, line.alternate_group].append(line.component_item)
    for members in groups.values():
        for member in members:
            stand_ins[member].update(other for other in members if other != member)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    units: dict[str, str | None] = {}
    for line, per_unit in lines:
        # A by-product has a negative quantity: it comes out, it does not go in.
        if per_unit > 0 and not line.substitute_of:
            totals[line.component_item] += per_unit
            units.setdefault(line.component_item, line.uom)
    needs: dict[str, Need] = {}
    covered: set[str] = set()
    for item, total in totals.items():
        if item in covered:
            continue
        others = sorted(stand_ins.get(item, ()))
        covered.update(others if any(item in stand_ins.get(other, ()) for other in others) else ())
        needs[item] = Need(
            items=(item, *others),
            # Stand-ins may be used in another quantity.
            per_unit=None if others else total * BOM_SLACK,
            uom=units[item],
        )
    return needs
