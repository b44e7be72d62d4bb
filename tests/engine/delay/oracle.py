"""A naive plant: waits are settled by repetition, work passes slice by slice. No shared code."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise


@dataclass(frozen=True)
class Task:
    ready: int
    work: int
    windows: tuple[tuple[int, int], ...]
    rate: Fraction = Fraction(1)
    slow: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Link:
    source: int
    target: int
    lag: int


def replay(tasks: Sequence[Task], links: Sequence[Link]) -> list[tuple[int, int] | None]:
    """Return start and finish of every task; None for what never finishes."""
    spans: list[tuple[int, int] | None] = [_span(task, task.ready) for task in tasks]
    for _ in range(len(tasks) + 1):
        before = list(spans)
        for number, task in enumerate(tasks):
            sources = [(spans[link.source], link.lag) for link in links if link.target == number]
            if any(span is None for span, _ in sources):
                spans[number] = None
                continue
            floor = max([task.ready, *(span[1] + lag for span, lag in sources)])
            spans[number] = _span(task, floor)
        if spans == before:
            break
    return spans


def _span(task: Task, floor: int) -> tuple[int, int] | None:
    if task.work == 0:
        return floor, floor
    start = None
    left = Fraction(task.work)
    for opens, end in _slices(task.windows, task.slow):
        begin = max(opens, floor)
        if begin >= end:
            continue
        if start is None:
            start = begin
        speed = task.rate if task.slow[0] <= begin < task.slow[1] else Fraction(1)
        if left <= speed * (end - begin):
            finish = begin + left / speed
            return start, -(-finish.numerator // finish.denominator)
        left -= speed * (end - begin)
    return None


def _slices(windows: Sequence[tuple[int, int]], slow: tuple[int, int]) -> list[tuple[int, int]]:
    cuts = sorted({slow[0], slow[1]})
    slices = []
    for begin, end in windows:
        edges = [begin, *(cut for cut in cuts if begin < cut < end), end]
        slices += list(pairwise(edges))
    return slices
