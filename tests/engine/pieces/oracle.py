"""A plant in which every piece has a number: lists of pieces, no quantities, no shared code.

Finished goods F are made of A and B, both made of the raw R. A work order's n-th piece takes the
n-th handful of each of its components.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

LotName = str


@dataclass(frozen=True)
class Work:
    """A work order: ``per`` pieces of each component into one piece."""

    name: str
    item: str
    qty: int
    starts: int
    per: dict[str, int]
    serves: str = ""


@dataclass(frozen=True)
class Line:
    """An order line of F."""

    name: str
    qty: int
    due: int


@dataclass(frozen=True)
class World:
    """A plant; ``lots`` of R in the order in which they are taken."""

    lots: tuple[tuple[LotName, int], ...]
    bad: frozenset[LotName]
    works: tuple[Work, ...]
    lines: tuple[Line, ...]


@dataclass
class Piece:
    """One piece: where it comes from, and whether something bad is in it."""

    source: str
    is_bad: bool


@dataclass
class Fate:
    """What becomes of a line's pieces."""

    suspect: int = 0
    short: int = 0
    at_risk: int = 0
    on_time: int = 0


@dataclass
class _Plant:
    world: World
    takes: dict[tuple[str, str], list[Piece]] = field(default_factory=dict)
    made: dict[str, list[Piece]] = field(default_factory=dict)


def fates(world: World) -> dict[str, Fate]:
    """Return the fate of every line when all bad lots are held."""
    plant = _Plant(world)
    _take_raw(plant)
    for level in ("A", "B"):
        _make(plant, level)
    _take_parts(plant)
    _make(plant, "F")
    served = _serve_lines(plant)
    left = _after_hold(plant)
    return _compare(world, served, left)


def _works(world: World, item: str) -> list[Work]:
    return sorted((work for work in world.works if work.item == item), key=lambda w: w.starts)


def _takers(world: World, component: str) -> list[Work]:
    takers = [work for work in world.works if component in work.per]
    return sorted(takers, key=lambda work: (work.starts, work.name))


def _take_raw(plant: _Plant) -> None:
    pool = [Piece(lot, lot in plant.world.bad) for lot, qty in plant.world.lots for _ in range(qty)]
    for work in _takers(plant.world, "R"):
        wanted = work.qty * work.per["R"]
        plant.takes[work.name, "R"] = [pool.pop(0) for _ in range(min(wanted, len(pool)))]
    plant.takes["free", "R"] = pool


def _make(plant: _Plant, item: str) -> None:
    for work in _works(plant.world, item):
        plant.made[work.name] = [
            Piece(
                work.name,
                any(
                    piece.is_bad
                    for part, per in work.per.items()
                    for piece in plant.takes[work.name, part][number * per : (number + 1) * per]
                ),
            )
            for number in range(work.qty)
        ]


def _take_parts(plant: _Plant) -> None:
    """Let each F take from its own makers of A and B: they are as large as it needs, or larger."""
    for work in _works(plant.world, "F"):
        for part in ("A", "B"):
            own = plant.made[part + work.name]
            plant.takes[work.name, part] = own[: work.qty * work.per[part]]


def _serve_lines(plant: _Plant) -> dict[str, list[Piece]]:
    world = plant.world
    served: dict[str, list[Piece]] = {line.name: [] for line in world.lines}
    wanted = {line.name: line.qty for line in world.lines}
    free = {work.name: list(plant.made[work.name]) for work in _works(world, "F")}
    for work in sorted(_works(world, "F"), key=lambda work: work.name):
        while work.serves and free[work.name] and len(served[work.serves]) < wanted[work.serves]:
            served[work.serves].append(free[work.name].pop(0))
    for line in _queue(world):
        for work in _works(world, "F"):
            while free[work.name] and len(served[line.name]) < line.qty:
                served[line.name].append(free[work.name].pop(0))
    return served


def _queue(world: World) -> list[Line]:
    return sorted(world.lines, key=lambda line: (line.due, line.name))


def _after_hold(plant: _Plant) -> dict[str, int]:
    """Return how many pieces each F can still make, components exchanged as they come."""
    world = plant.world
    spare = [piece for piece in plant.takes["free", "R"] if not piece.is_bad]
    can: dict[str, int] = {}
    for work in _takers(world, "R"):
        taken = plant.takes[work.name, "R"]
        lost = sum(piece.is_bad for piece in taken)
        while lost and spare:
            spare.pop()
            lost -= 1
        assert lost % work.per["R"] == 0, "the world is not cut along whole pieces"
        can[work.name] = work.qty - lost // work.per["R"]
    missing: dict[str, int] = {}
    for part in ("A", "B"):
        over = {
            work.name: max(0, can[part + work.name] - work.qty * work.per[part])
            for work in _works(world, "F")
        }
        for work in _takers(world, part):
            wanted = work.qty * work.per[part]
            lost = max(0, wanted - can[part + work.name])
            for maker in _works(world, part):
                taken = min(lost, over[maker.name[1:]])
                over[maker.name[1:]] -= taken
                lost -= taken
            missing[work.name, part] = lost
    for work in _works(world, "F"):
        worst = max(-(-missing[work.name, part] // work.per[part]) for part in ("A", "B"))
        can[work.name] = work.qty - worst
    return can


def _compare(world: World, served: dict[str, list[Piece]], left: dict[str, int]) -> dict[str, Fate]:
    names = {work.name: work.serves for work in world.works}
    free = {work.name: left[work.name] for work in _works(world, "F")}
    kept: dict[str, Counter[str]] = {line.name: Counter() for line in world.lines}
    had = {name: Counter(piece.source for piece in found) for name, found in served.items()}
    first = [(line, True) for line in _queue(world)] + [(line, False) for line in _queue(world)]
    for line, is_named in first:
        for source, qty in had[line.name].items():
            if (names[source] == line.name) is is_named:
                kept[line.name][source] = min(qty, free[source])
                free[source] -= kept[line.name][source]
    found: dict[str, Fate] = {}
    for line in _queue(world):
        lost = len(served[line.name]) - sum(kept[line.name].values())
        again = _again(world, lost, free)
        found[line.name] = _fate(served[line.name], kept[line.name], again=again)
    return found


def _again(world: World, lost: int, free: dict[str, int]) -> int:
    got = 0
    for work in _works(world, "F"):
        taken = min(lost - got, free[work.name])
        free[work.name] -= taken
        got += taken
    return got


def _fate(served: Sequence[Piece], kept: Counter[str], *, again: int) -> Fate:
    """Count pieces: good ones keep what comes, and are the first to be replaced."""
    left = Counter(kept)
    lost_good = lost_bad = 0
    for piece in sorted(served, key=lambda piece: piece.is_bad):
        if left[piece.source]:
            left[piece.source] -= 1
        elif piece.is_bad:
            lost_bad += 1
        else:
            lost_good += 1
    suspect = sum(piece.is_bad for piece in served)
    short = lost_good + lost_bad - again
    return Fate(
        suspect=suspect,
        short=short,
        at_risk=suspect + max(0, lost_good - again),
        on_time=len(served) - short,
    )
