"""The plant at work: the signals and rows it sends from one instant to another, in order of time.

Nothing here waits; a caller plays the rows at the speed it likes. What runs when is read from the
case's own plan, so the same case always sends the same.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from zoneinfo import ZoneInfo

from knockon.demo.simulation.chance import dice
from knockon.demo.simulation.truth import SignalRecord, SimulatedCase
from knockon.demo.simulation.writing import Row

HEARTBEAT = timedelta(seconds=60)
"""How often a gateway says that a machine is reachable."""

SOURCE = "gateway-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A machine is planned to work on a work order."""

    start: datetime
    end: datetime
    work_order: str
    cycle: timedelta


def signals(case: SimulatedCase, *, start: datetime, end: datetime) -> Iterator[SignalRecord]:
    """Yield what the plant sends in ``[start, end)``, by time.

    Heartbeats of every machine that has a cycle; its state when work begins and ends; one count
    per cycle while it runs. A machine that the disruption stops sends its trigger and then only
    heartbeats, until it would be repaired. The trigger's rows of other tables (failed inspections,
    a rejected receipt) come at their instant.
    """
    down = _down(case)
    streams: list[Iterator[SignalRecord]] = [
        iter([row for row in case.trigger if start <= row.at < end])
    ]
    runs = _runs(case, start=start, end=end)
    for row in case.tables["equipment"]:
        machine = row["equipment"]
        if row.get("standard_cycle_s"):
            stopped = down if machine in case.disruption.scope.equipment else None
            if stopped is not None and start <= stopped[1] < end:
                repaired = _signal(case, machine, stopped[1], kind="state", code="run")
                streams.append(iter([repaired]))
            streams.append(_heartbeats(case, machine, start=start, end=end))
            streams += [
                _pulses(case, machine, run, start=start, end=end, stopped=stopped)
                for run in runs[machine]
            ]
    return merge(*streams, key=lambda record: record.at)


def standing(case: SimulatedCase, *, at: datetime) -> tuple[SignalRecord, ...]:
    """Return what each machine does at an instant, as a gateway says it when it begins to listen.

    A machine says whether it runs or waits for work; one that the disruption holds says nothing,
    because its own stop was said before.
    """
    down = _down(case)
    runs = _runs(case, start=at, end=at + timedelta(microseconds=1))
    found = []
    for row in case.tables["equipment"]:
        machine = row["equipment"]
        is_hit = machine in case.disruption.scope.equipment
        if row.get("standard_cycle_s") and not (is_hit and _is_down(at, down)):
            code = "run" if runs[machine] else "idle"
            found.append(_signal(case, machine, at, kind="state", code=code))
    return tuple(found)


def _down(case: SimulatedCase) -> tuple[datetime, datetime] | None:
    if case.truth.repair_s is None:
        return None
    return case.now, case.now + timedelta(seconds=case.truth.repair_s)


def _runs(case: SimulatedCase, *, start: datetime, end: datetime) -> dict[str, list[_Run]]:
    """Return each machine's planned work that touches the period."""
    cycles = {
        row["equipment"]: timedelta(seconds=float(row["standard_cycle_s"]))
        for row in case.tables["equipment"]
        if row.get("standard_cycle_s")
    }
    found: defaultdict[str, list[_Run]] = defaultdict(list)
    seen: set[str] = set()
    for row in case.tables["operations"]:
        machine, group = row["equipment"], row.get("run_group", "")
        if machine not in cycles or (group and group in seen):
            continue
        seen.add(group)
        begun = datetime.fromisoformat(row["actual_start"] or row["planned_start"])
        ended = datetime.fromisoformat(row["actual_finish"] or row["planned_finish"])
        if begun < end and ended > start:
            found[machine].append(
                _Run(start=begun, end=ended, work_order=row["work_order"], cycle=cycles[machine])
            )
    return found


def _signal(case: SimulatedCase, machine: str, at: datetime, **values: str) -> SignalRecord:
    local = at.astimezone(ZoneInfo(case.timezone))
    row: Row = {
        "source": SOURCE,
        "event_id": f"{machine}-{int(at.timestamp() * 1000)}-{values['kind']}-{values['code']}",
        "equipment": machine,
        "at": local.isoformat(timespec="milliseconds"),
        **values,
    }
    return SignalRecord(at=at, table="signals", row=row)


def _heartbeats(
    case: SimulatedCase, machine: str, *, start: datetime, end: datetime
) -> Iterator[SignalRecord]:
    offset = timedelta(seconds=dice(machine).randrange(60))
    first = start.timestamp() // HEARTBEAT.total_seconds() * HEARTBEAT.total_seconds()
    at = datetime.fromtimestamp(first, tz=start.tzinfo) + offset
    while at < end:
        if at >= start:
            yield _signal(case, machine, at, kind="heartbeat", code="alive")
        at += HEARTBEAT


def _pulses(
    case: SimulatedCase,
    machine: str,
    run: _Run,
    *,
    start: datetime,
    end: datetime,
    stopped: tuple[datetime, datetime] | None,
) -> Iterator[SignalRecord]:
    """Yield the states and counts of one run; a cycle wavers by a few per cent."""
    waver = dice(machine, run.work_order)
    at = run.start
    yield from _state(case, machine, at, "run", run, start=start, end=end, stopped=stopped)
    while at < min(run.end, end):
        at += run.cycle * waver.uniform(0.97, 1.03)
        if start <= at < min(run.end, end) and not _is_down(at, stopped):
            yield _signal(
                case,
                machine,
                at,
                kind="count",
                code="shot",
                value="1",
                count_kind="delta",
            )
    yield from _state(case, machine, run.end, "idle", run, start=start, end=end, stopped=stopped)


def _state(
    case: SimulatedCase,
    machine: str,
    at: datetime,
    code: str,
    run: _Run,
    *,
    start: datetime,
    end: datetime,
    stopped: tuple[datetime, datetime] | None,
) -> Iterator[SignalRecord]:
    if start <= at < end and not _is_down(at, stopped):
        yield _signal(case, machine, at, kind="state", code=code, value=run.work_order)


def _is_down(at: datetime, stopped: tuple[datetime, datetime] | None) -> bool:
    return stopped is not None and stopped[0] <= at < stopped[1]
