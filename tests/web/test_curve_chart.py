"""The repair-time curve's picture: bars that fill the frame, marks in their place."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from knockon.domain.curve import CurveStep, EstimateBasis, OrderCurve, RepairCurve, RepairEstimate
from knockon.domain.disruptions import (
    Disruption,
    DisruptionKind,
    DisruptionState,
    RepairBasis,
    Scope,
    Severity,
)
from knockon.domain.facts import OrderLineKey, SnapshotId
from knockon.domain.links import LinkClass
from knockon.web.curve_chart import Chart, chart_of

START = datetime(2026, 3, 5, 2, 14, tzinfo=UTC)
HOUR = 3600


def _curve(*steps: tuple[int, int, int], p95_s: int = 3 * HOUR, decide_s: int = 0) -> RepairCurve:
    order = OrderCurve(
        key=OrderLineKey("P", "A", "1"),
        customer="K",
        customer_order=None,
        tier="A",
        item="F",
        link_class=LinkClass.CONFIRMED,
        due_at=None,
        promised_at=None,
        old_ship=None,
        safe_until_repair_s=2820,
        p_late=None,
        p50_finish=None,
        p80_finish=None,
        p95_finish=None,
        decide_by=START + timedelta(seconds=decide_s) if decide_s else None,
    )
    return RepairCurve(
        disruption=Disruption(
            id="1",
            kind=DisruptionKind.EQUIPMENT,
            severity=Severity.S2,
            state=DisruptionState.OPEN,
            opened_at=START,
            scope=Scope(plant="P"),
        ),
        as_of=START,
        snapshot=SnapshotId(position=1, schedules=()),
        stopped_at=START,
        repair_s=HOUR,
        repair_basis=RepairBasis.GIVEN,
        horizon_s=30 * 24 * HOUR,
        estimate=RepairEstimate(
            basis=EstimateBasis.OWN_HISTORY,
            samples=9,
            median_s=HOUR,
            sigma=Decimal("0.5"),
            p50_s=HOUR,
            p80_s=2 * HOUR,
            p95_s=p95_s,
        ),
        steps=tuple(CurveStep(repair_s=at, late=late, moved=moved) for at, late, moved in steps),
        orders=(order,),
    )


def _chart(curve: RepairCurve, *, repair_s: int = HOUR, elapsed_s: int = 0) -> Chart:
    return chart_of(curve, repair_s=repair_s, now=START + timedelta(seconds=elapsed_s))


def _number(share: str) -> float:
    return float(share.removesuffix("%"))


def test_bars_follow_each_other_and_fill_the_frame() -> None:
    chart = _chart(_curve((0, 0, 0), (600, 0, 3), (2821, 1, 2), (5401, 2, 1)))

    ends = [_number(bar.x) + _number(bar.width) for bar in chart.bars]
    starts = [_number(bar.x) for bar in chart.bars]
    assert starts[0] == 0
    assert all(abs(end - start) < 0.02 for end, start in zip(ends, starts[1:], strict=False))
    assert abs(ends[-1] - 100) < 0.02


def test_late_lines_stand_on_the_axis_and_moved_ones_on_them() -> None:
    chart = _chart(_curve((0, 0, 0), (2821, 1, 3)))

    bar = chart.bars[-1]
    assert (bar.late_y, bar.late_height) == ("75.00%", "25.00%")
    assert (bar.moved_y, bar.moved_height) == ("0.00%", "75.00%")
    assert chart.most == 4


def test_frame_shows_the_estimate_the_choice_and_the_time_that_has_passed() -> None:
    short = _chart(_curve((0, 0, 1)))
    chosen = _chart(_curve((0, 0, 1)), repair_s=20 * HOUR)
    passed = _chart(_curve((0, 0, 1)), elapsed_s=40 * HOUR)

    assert [chart.max_s // HOUR for chart in (short, chosen, passed)] == [4, 24, 48]
    assert [chart.step_s for chart in (short, chosen, passed)] == [60, 60, 300]


def test_order_that_turns_late_far_away_does_not_press_the_picture_flat() -> None:
    chart = _chart(_curve((0, 0, 1), (400 * HOUR, 1, 0)))

    assert chart.max_s == 4 * HOUR
    assert len(chart.bars) == 1


def test_repair_longer_than_any_width_still_has_a_frame() -> None:
    chart = _chart(_curve((0, 0, 1)), repair_s=900 * HOUR)

    assert chart.max_s >= 900 * HOUR
    assert _number(chart.chosen) <= 100


def test_percentiles_and_last_moments_stand_at_their_time() -> None:
    chart = _chart(_curve((0, 0, 1), decide_s=36 * 60), elapsed_s=HOUR)

    assert [(mark.label, mark.x) for mark in chart.percentiles] == [
        ("P50", "25.00%"),
        ("P80", "50.00%"),
        ("P95", "75.00%"),
    ]
    assert [(mark.label, mark.x) for mark in chart.decisions] == [("A/1", "15.00%")]
    assert chart.elapsed == "25.00%"
    assert [tick.x for tick in chart.ticks] == ["0.00%", "25.00%", "50.00%", "75.00%", "100.00%"]


def test_moment_beyond_the_frame_is_not_drawn() -> None:
    chart = _chart(_curve((0, 0, 1), decide_s=9 * HOUR))

    assert chart.decisions == ()


def test_curve_without_orders_has_an_empty_frame() -> None:
    chart = _chart(_curve())

    assert chart.bars == ()
    assert chart.most == 0
