"""Who may make what elsewhere, and whether a tool can be had: the checks before any way out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Final

from knockon.domain.facts import Approval, ApprovalState, EquipmentKey, Tool, ToolKey, ToolUse
from knockon.domain.reasons import Reason
from knockon.engine.impact.case import Case
from knockon.engine.schedule.shop import Job

_OUT_OF_USE: Final = frozenset(
    {"broken", "repair", "maintenance", "scrap", "scrapped", "lost", "報廢", "维修", "維修", "保养"}
)
"""Words of a tool's record that say that it cannot run."""

_REMOVABLE: Final = frozenset({"removable", "removed", "free", "可拆", "可卸", "已拆", "已卸"})
"""Words of a tool's record that say that it can leave the machine it is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether something is possible, and why."""

    is_open: bool
    reason: Reason | None
    asks_first: bool = False


class Approvals:
    """Which alternates are approved, by item, alternate and customer."""

    def __init__(self, rows: Iterable[Approval], *, today: Mapping[str, date]) -> None:
        self._rows: dict[tuple[str, str], list[Approval]] = defaultdict(list)
        self._today = today
        for row in rows:
            self._rows[row.plant, row.item].append(row)

    def verdict(
        self,
        *,
        plant: str,
        items: Sequence[str],
        customers: Sequence[str],
        equipment: str | None = None,
        supplier: str | None = None,
        by_routing: bool,
    ) -> Verdict:
        """Return whether an alternate may make items for the customers who get them.

        What is forbidden for one of the items or by one of the customers is forbidden; a customer's
        own row outranks a general one. Where nobody recorded an approval the routing's own
        alternates are allowed, others not.
        """
        pairs = dict.fromkeys(product(items, customers or ("",)))
        verdicts = [
            self._of_item(
                plant, item, customer, equipment or "", supplier or "", by_routing=by_routing
            )
            for item, customer in pairs
        ]
        shut = [row for row in verdicts if not row.is_open]
        asking = [row for row in verdicts if row.asks_first]
        return next(iter([*shut, *asking, *verdicts]))

    def is_restricted(self, *, plant: str, item: str, equipment: str) -> bool:
        """Return whether somebody restricts an alternate machine for an item."""
        return any(
            row.equipment == equipment and row.state is not ApprovalState.APPROVED
            for row in self._rows.get((plant, item), ())
        )

    def _of_item(
        self,
        plant: str,
        item: str,
        customer: str,
        equipment: str,
        supplier: str,
        *,
        by_routing: bool,
    ) -> Verdict:
        rows = [
            row
            for row in self._rows.get((plant, item), ())
            if (row.equipment or "") == equipment
            and (row.supplier or "") == supplier
            and row.customer in {customer, None}
        ]
        row = min(rows, key=_rank, default=None)
        named = {"item": item, "customer": customer, "target": equipment or supplier}
        if row is None:
            if by_routing:
                return Verdict(is_open=True, reason=Reason(code="way_by_routing", params=named))
            return Verdict(is_open=False, reason=Reason(code="way_not_approved", params=named))
        if row.state is ApprovalState.FORBIDDEN:
            return Verdict(is_open=False, reason=Reason(code="way_forbidden", params=named))
        if row.until is not None and row.until < self._today.get(plant, date.min):
            named["until"] = row.until.isoformat()
            return Verdict(is_open=False, reason=Reason(code="way_approval_expired", params=named))
        if row.state is ApprovalState.NOTIFY_FIRST:
            reason = Reason(code="way_notify_first", params=named)
            return Verdict(is_open=True, reason=reason, asks_first=True)
        return Verdict(is_open=True, reason=Reason(code="way_approved", params=named))


def _rank(row: Approval) -> tuple[bool, bool, date, str]:
    """Return the place among rows of one alternate: the customer's own first, the strictest first."""
    forbids = row.state is ApprovalState.FORBIDDEN
    return row.customer is None, not forbids, row.until or date.max, row.state


class ToolRoom:
    """Where the tools are, and what each can be used for."""

    def __init__(self, case: Case) -> None:
        facts = case.records.facts
        self._tools: dict[ToolKey, Tool] = {row.key: row for row in facts.tools}
        self._uses: dict[tuple[str, str], list[ToolUse]] = defaultdict(list)
        for use in sorted(facts.tool_uses, key=_use_place):
            self._uses[use.plant, use.item].append(use)
        self._down = frozenset(key for outage in case.outages for key in outage.machines)
        self._broken = frozenset(
            ToolKey(outage.plant, outage.tool) for outage in case.outages if outage.tool
        )
        self._mounted: dict[EquipmentKey, str] = {
            job.machine: job.tool
            for job in case.shop.jobs
            if job.running and job.machine is not None and job.tool
        }

    def uses(self, plant: str, item: str, operation: str | None) -> list[ToolUse]:
        """Return the tools that an item's operation can run with."""
        return [
            use
            for use in self._uses.get((plant, item), ())
            if use.operation is None or operation is None or use.operation == operation
        ]

    def verdict(self, plant: str, tool: str) -> Verdict:
        """Return whether a tool can be had.

        A tool in a machine that stands still stays there, unless its record says otherwise. A
        machine holds one tool: what belongs to a machine but is not what runs there lies beside.
        """
        key = ToolKey(plant, tool)
        record = self._tools.get(key)
        named: dict[str, str | int | None] = {"tool": tool}
        words = {word.lower() for word in (record.status, record.location or "")} if record else ()
        if key in self._broken:
            return Verdict(is_open=False, reason=Reason(code="tool_is_down", params=named))
        if not _OUT_OF_USE.isdisjoint(words):
            return Verdict(is_open=False, reason=Reason(code="tool_out_of_use", params=named))
        inside = self._inside(plant, tool)
        if inside is not None and _REMOVABLE.isdisjoint(words):
            named["machine"] = inside.equipment
            return Verdict(is_open=False, reason=Reason(code="tool_inside", params=named))
        return Verdict(is_open=True, reason=Reason(code="tool_can_move", params=named))

    def _inside(self, plant: str, tool: str) -> EquipmentKey | None:
        """Return the machine that stands still with a tool in it."""
        for machine in sorted(self._down):
            if machine.plant == plant and self._mounted.get(machine) == tool:
                return machine
        record = self._tools.get(ToolKey(plant, tool))
        if record is None or record.equipment is None:
            return None
        machine = EquipmentKey(plant, record.equipment)
        elsewhere = record.location is not None and record.location != record.equipment
        if machine not in self._down or machine in self._mounted or elsewhere:
            return None
        return machine


def _use_place(use: ToolUse) -> tuple[str, str, str, bool, int]:
    return use.tool, use.equipment or "", use.operation or "", use.approved, use.change_s or 0


def needs_people_away(case: Case, job: Job) -> bool:
    """Return whether a job needs people who are away."""
    return any(
        job.key.plant == outage.plant and job.crew is not None and job.crew in outage.crews
        for outage in case.outages
    )
