"""The repair-time curve as a picture of bars, marks and ticks, in per cent of its frame.

The server draws it: the picture stands without script, keeps its letters' size at any width and
takes its colours from the style sheet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from knockon.domain.curve import CurveStep, RepairCurve
from knockon.web.wording import span_text

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_WIDTHS_H = (2, 4, 6, 8, 12, 16, 24, 36, 48, 72, 96, 120, 168, 240, 336, 504, 720)
"""Widths of the picture in hours: each can be cut into four even parts that people can name."""

_TICKS = 4
_ROOM = 1.15
"""How far the picture reaches beyond what it must show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How many lines are late, and how many move, in a stretch of repair times."""

    x: str
    end: str
    width: str
    late_y: str
    late_height: str
    moved_y: str
    moved_height: str
    repair: str
    late: int
    moved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An upright line with a word; ``row`` keeps words of neighbours apart."""

    x: str
    label: str
    row: int = 0
    anchor: str = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The picture; ``max_s`` is its right end and ``step_s`` what one press of a key moves."""

    max_s: int
    step_s: int
    bars: tuple[Bar, ...]
    percentiles: tuple[Mark, ...]
    decisions: tuple[Mark, ...]
    ticks: tuple[Mark, ...]
    elapsed: str
    chosen: str
    most: int


def chart_of(curve: RepairCurve, *, repair_s: int, now: datetime) -> Chart:
    """Return the picture of a curve around a chosen repair time."""
    elapsed_s = _elapsed(curve, now=now)
    max_s = _width(curve, repair_s=repair_s, elapsed_s=elapsed_s)
    shown = [step for step in curve.steps if step.repair_s < max_s]
    most = max((step.late + step.moved for step in shown), default=0)
    return Chart(
        max_s=max_s,
        step_s=_step(max_s),
        bars=tuple(_bars(shown, max_s=max_s, most=most)),
        percentiles=_percentiles(curve, max_s=max_s),
        decisions=_decisions(curve, max_s=max_s),
        ticks=tuple(
            Mark(
                x=_share(max_s * at // _TICKS, max_s),
                label=span_text(max_s * at // _TICKS) if at else "0",
                anchor="start" if at == 0 else "end" if at == _TICKS else "middle",
            )
            for at in range(_TICKS + 1)
        ),
        elapsed=_share(min(elapsed_s, max_s), max_s),
        chosen=_share(min(repair_s, max_s), max_s),
        most=most,
    )


def _elapsed(curve: RepairCurve, *, now: datetime) -> int:
    if curve.stopped_at is None:
        return 0
    return max(int((now - curve.stopped_at).total_seconds()), 0)


def _width(curve: RepairCurve, *, repair_s: int, elapsed_s: int) -> int:
    """Return a round width that shows the choice, the estimate and the time that has passed."""
    estimate_s = curve.estimate.p95_s if curve.estimate else 0
    needed = int(max(repair_s, estimate_s, elapsed_s, curve.repair_s or 0) * _ROOM)
    widths = [hours * _HOUR for hours in _WIDTHS_H]
    return next((width for width in widths if width >= needed), -(-needed // _DAY) * _DAY)


def _step(max_s: int) -> int:
    if max_s <= _DAY:
        return _MINUTE
    return 5 * _MINUTE if max_s <= 4 * _DAY else 15 * _MINUTE


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole if whole else 0:.2f}%"


def _bars(steps: Sequence[CurveStep], *, max_s: int, most: int) -> Iterable[Bar]:
    for at, step in enumerate(steps):
        end = steps[at + 1].repair_s if at + 1 < len(steps) else max_s
        yield Bar(
            x=_share(step.repair_s, max_s),
            end=_share(end, max_s),
            width=_share(end - step.repair_s, max_s),
            late_y=_share(most - step.late, most),
            late_height=_share(step.late, most),
            moved_y=_share(most - step.late - step.moved, most),
            moved_height=_share(step.moved, most),
            repair=span_text(step.repair_s),
            late=step.late,
            moved=step.moved,
        )


def _percentiles(curve: RepairCurve, *, max_s: int) -> tuple[Mark, ...]:
    if curve.estimate is None:
        return ()
    named = (
        ("P50", curve.estimate.p50_s),
        ("P80", curve.estimate.p80_s),
        ("P95", curve.estimate.p95_s),
    )
    return tuple(
        Mark(
            x=_share(seconds, max_s),
            label=name,
            row=row,
            anchor="end" if seconds > max_s * 0.8 else "start",
        )
        for row, (name, seconds) in enumerate(named)
        if seconds <= max_s
    )


def _decisions(curve: RepairCurve, *, max_s: int) -> tuple[Mark, ...]:
    """Return the last moments to decide, each where the stop has lasted as long."""
    if curve.stopped_at is None:
        return ()
    end = curve.stopped_at + timedelta(seconds=max_s)
    return tuple(
        Mark(
            x=_share((order.decide_by - curve.stopped_at).total_seconds(), max_s),
            label=f"{order.key.order}/{order.key.line}",
        )
        for order in curve.orders
        if order.decide_by is not None and curve.stopped_at <= order.decide_by <= end
    )
