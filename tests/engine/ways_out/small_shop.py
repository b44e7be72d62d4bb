"""Random small shops in quarters of an hour, and what really happens when a lever is pulled.

The simulator shares nothing with the engine: it settles who waits for whom by repetition, and tries
every place in the other machine's queue. Time is in quarters after Monday, 00:00 UTC.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import time
from decimal import Decimal
from itertools import pairwise
from random import Random

from knockon.domain.facts import (
    Approval,
    ApprovalState,
    CalendarRule,
    EquipmentKey,
    Item,
    Lever,
    PlantFacts,
    RoutingStep,
)
from tests.engine.delay.oracle import Link, Task, replay
from tests.engine.delay.plants import PLANT, machine, make, op, order, plant

QUARTER_S = 900
DAYS = 40
CHANGE = 1
WARM_UP = 2
DOWN = "M1"


@dataclass(frozen=True)
class Chore:
    """One operation: where, how long, planned when."""

    name: str
    seq: int
    machine: str
    work: int
    start: int
    alternates: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, int]:
        return self.name, self.seq


@dataclass(frozen=True)
class SmallShop:
    chores: tuple[Chore, ...]
    due: Mapping[str, int]
    windows: Mapping[str, tuple[tuple[int, int], ...]]
    repair: int
    levers: tuple[Lever, ...] = ()
    suppliers: tuple[str, ...] = ()
    hours: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def facts(self) -> PlantFacts:
        names = sorted(self.due)
        machines = sorted(self.windows)
        return plant(
            items=tuple(Item(item=f"F-{name}") for name in names),
            equipment=tuple(machine(name, cost_per_hour=Decimal(40)) for name in machines),
            calendars=tuple(
                CalendarRule(
                    equipment=EquipmentKey(PLANT, name),
                    weekday=weekday,
                    day=None,
                    start=time(begin // 4, begin % 4 * 15),
                    end=time(end // 4 % 24, end % 4 * 15),
                )
                for name, (begin, end) in sorted(self.hours.items())
                for weekday in range(1, 8)
            ),
            routings=tuple(
                RoutingStep(
                    plant=None,
                    item=f"F-{chore.name}",
                    seq=chore.seq,
                    operation=f"OP{chore.seq}",
                    equipment=chore.machine,
                    alternates=chore.alternates,
                    setup_s=CHANGE * QUARTER_S,
                    restart_s=WARM_UP * QUARTER_S,
                )
                for chore in self.chores
            ),
            order_lines=tuple(
                order(name, item=f"F-{name}", due=self.due[name] / 4) for name in names
            ),
            work_orders=tuple(make(f"W-{name}", item=f"F-{name}", order=name) for name in names),
            operations=tuple(
                op(
                    f"W-{chore.name}",
                    chore.seq,
                    chore.machine,
                    chore.start / 4,
                    self.end(chore) / 4,
                    operation=f"OP{chore.seq}",
                )
                for chore in self.chores
            ),
            levers=self.levers,
            approvals=tuple(
                Approval(
                    plant=PLANT,
                    item=f"F-{name}",
                    supplier=supplier,
                    state=ApprovalState.APPROVED,
                )
                for name in names
                for supplier in self.suppliers
            ),
        )

    def end(self, chore: Chore) -> int:
        return ends(chore.start, chore.work, self.windows[chore.machine])

    def queue(self, name: str) -> list[Chore]:
        return sorted((c for c in self.chores if c.machine == name), key=lambda c: c.start)


@dataclass(frozen=True)
class Pulled:
    """A lever in the simulator: a chore done elsewhere, or more working hours."""

    chore: tuple[str, int] | None = None
    machine: str | None = None
    place: int = 0
    ready: int = 0
    work: int = 0
    windows: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)


def small_shop(seed: int, *, day: tuple[int, int] = (24, 88)) -> SmallShop:
    rng = Random(seed)
    machines = ("M1", "M2", "M3")
    hours = {"M3": day} if rng.random() < 0.5 else {}
    windows = {name: daily(*hours.get(name, (0, 96))) for name in machines}
    free = dict.fromkeys(machines, 4)
    chores: list[Chore] = []
    due: dict[str, int] = {}
    for number in range(rng.randint(4, 8)):
        name = f"{number}"
        ready = 4 + rng.randint(0, 12)
        for seq in (10, 20)[: rng.choice((1, 1, 2))]:
            where = rng.choice(machines if seq == 10 else machines[1:])
            others = tuple(other for other in machines if other != where and rng.random() < 0.8)
            work = rng.randint(4, 20)
            start = opens(max(free[where], ready) + rng.choice((0, 0, 4, 16)), windows[where])
            chore = Chore(name, seq, where, work, start, others)
            ready = free[where] = ends(start, work, windows[where])
            chores.append(chore)
        due[name] = ready + rng.choice((0, 2, 6, 20))
    return SmallShop(
        chores=tuple(chores),
        due=due,
        windows=windows,
        repair=rng.randint(8, 40),
        hours=hours,
    )


def finishes(shop: SmallShop, pulled: Pulled = Pulled()) -> dict[str, int]:
    """Return when each order is finished, with M1 down from the start and a lever pulled."""
    spans = played(shop, pulled)
    done: dict[str, int] = {}
    for chore, (_, end) in spans.items():
        done[chore[0]] = max(done.get(chore[0], 0), end)
    return done


def played(shop: SmallShop, pulled: Pulled = Pulled()) -> dict[tuple[str, int], tuple[int, int]]:
    queues: dict[str, list[Chore]] = {name: shop.queue(name) for name in shop.windows}
    moved = next((c for c in shop.chores if c.key == pulled.chore), None)
    if moved is not None:
        queues[moved.machine].remove(moved)
        if pulled.machine is not None:
            queues[pulled.machine].insert(pulled.place, moved)
    tasks: list[Task] = []
    places = {chore.key: place for place, chore in enumerate(shop.chores)}
    for chore in shop.chores:
        windows = pulled.windows.get(chore.machine, shop.windows[chore.machine])
        ready, work = chore.start, chore.work
        if chore.machine == DOWN:
            ready = max(ready, shop.repair + WARM_UP)
        if chore is moved:
            ready, work = max(chore.start, pulled.ready), pulled.work
            windows = shop.windows[pulled.machine] if pulled.machine else daily(0, 96)
        tasks.append(Task(ready=ready, work=work, windows=windows))
    links = [
        Link(places[before.key], places[after.key], 0)
        for queue in queues.values()
        for before, after in pairwise(queue)
    ]
    links += [
        Link(places[before.key], places[after.key], 0)
        for before in shop.chores
        for after in shop.chores
        if before.name == after.name and before.seq < after.seq
    ]
    spans = replay(tasks, links)
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for chore, span in zip(shop.chores, spans, strict=True):
        assert span is not None
        found[chore.key] = span
    return found


def is_saved(shop: SmallShop, name: str, pulled: Pulled) -> bool:
    """Return whether an order is in time, and no other later than it would be anyway."""
    anyway, now = finishes(shop), finishes(shop, pulled)
    return now[name] <= shop.due[name] and all(
        now[other] <= max(shop.due[other], anyway[other]) for other in shop.due
    )


def moves(shop: SmallShop, chore: tuple[str, int], other: str, at: int) -> Iterator[Pulled]:
    """Yield every way to move a chore to another machine at an instant."""
    undisturbed = played(shop)
    if at > undisturbed[chore][0]:
        return
    moved = next(c for c in shop.chores if c.key == chore)
    queue = shop.queue(other)
    for place in range(len(queue) + 1):
        if all(undisturbed[behind.key][0] >= at for behind in queue[place:]):
            yield Pulled(
                chore=chore,
                machine=other,
                place=place,
                ready=at,
                work=CHANGE + WARM_UP + max(0, moved.work - CHANGE),
            )


def with_levers(shop: SmallShop, *levers: Lever) -> SmallShop:
    return replace(shop, levers=levers)


def daily(begin: int, end: int) -> tuple[tuple[int, int], ...]:
    if (begin, end) == (0, 96):
        return ((-96 * 4, 96 * DAYS * 4),)
    return tuple((day * 96 + begin, day * 96 + end) for day in range(-2, DAYS))


def opens(at: int, windows: Sequence[tuple[int, int]]) -> int:
    return next(max(at, begin) for begin, end in windows if end > at)


def ends(at: int, work: int, windows: Sequence[tuple[int, int]]) -> int:
    for begin, end in windows:
        at = max(at, begin)
        if at < end:
            if work <= end - at:
                return at + work
            work -= end - at
    raise AssertionError(at)
