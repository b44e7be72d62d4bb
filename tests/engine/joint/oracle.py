"""A plant minute by minute: machines with queues, and stops in which nothing gets on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

FOREVER = 2_000
"""Minute by which everything of interest has happened."""


@dataclass(frozen=True)
class Task:
    """One operation, minutes; tasks of a work order follow each other, as do those of a machine."""

    work_order: str
    seq: int
    machine: str
    starts: int
    minutes: int


@dataclass(frozen=True)
class Stop:
    """A machine that stands still."""

    name: str
    machine: str
    begins: int
    minutes: int


@dataclass(frozen=True)
class Floor:
    """A plant; every work order serves the line of its name, due at a minute."""

    tasks: tuple[Task, ...]
    stops: tuple[Stop, ...]
    due: Mapping[str, int]
    weight: Mapping[str, int]

    def late(self, ends: Mapping[str, int]) -> set[str]:
        """Return the lines that miss their due minute because of the stops with these ends."""
        calm, now = self._finishes({}), self._finishes(ends)
        return {
            name for name, due in self.due.items() if now[name] > due and now[name] > calm[name]
        }

    def _finishes(self, ends: Mapping[str, int]) -> dict[str, int]:
        down: dict[str, set[int]] = {}
        for stop in self.stops:
            if stop.name in ends:
                minutes = range(stop.begins, min(ends[stop.name], FOREVER))
                down.setdefault(stop.machine, set()).update(minutes)
        done: dict[Task, int] = {}
        for task in self._in_order():
            before = [end for other, end in done.items() if self._waits(task, other)]
            minute, left = max([task.starts, *before]), task.minutes
            while left and minute < FOREVER:
                if minute not in down.get(task.machine, ()):
                    left -= 1
                minute += 1
            done[task] = minute
        return {
            name: max(end for task, end in done.items() if task.work_order == name)
            for name in self.due
        }

    def _in_order(self) -> list[Task]:
        return sorted(self.tasks, key=_planned)

    @staticmethod
    def _waits(task: Task, other: Task) -> bool:
        return task.machine == other.machine or task.work_order == other.work_order


def _planned(task: Task) -> tuple[int, int, str, int]:
    return task.starts, task.starts + task.minutes, task.work_order, task.seq


def fix_orders(
    floor: Floor, *, now: int, crews: int
) -> dict[tuple[str, ...], tuple[int, int, int]]:
    """Return for every order of repair what it saves (weight, lines), and how many stay late.

    What is only announced is repaired by nobody yet.
    """
    begun = [stop for stop in floor.stops if stop.begins <= now]
    others = parallel([stop for stop in floor.stops if stop.begins > now], now=now)
    worst = floor.late({**others, **{stop.name: FOREVER for stop in begun}})
    found = {}
    for order in permutations(begun) if len(begun) > 1 else ():
        still = floor.late({**others, **_ends(order, now=now, crews=crews)})
        saved = worst - still
        weight = sum(floor.weight[name] for name in saved)
        found[tuple(stop.name for stop in order)] = (weight, len(saved), len(still & worst))
    return found


def _ends(order: Sequence[Stop], *, now: int, crews: int) -> dict[str, int]:
    free = [now] * crews
    ends = {}
    for stop in order:
        free.sort()
        free[0] += max(0, stop.begins + stop.minutes - now)
        ends[stop.name] = free[0]
    return ends


def parallel(stops: Collection[Stop], *, now: int) -> dict[str, int]:
    """Return the ends of stops that are all repaired at once; none ended before now."""
    return {stop.name: max(now, stop.begins + stop.minutes) for stop in stops}
