"""The proposed start against a naive reading of the checks of one machine, and its invariances."""

from datetime import timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from knockon.domain.suspect_window import EvidenceKind
from knockon.engine.graph.register import build_register
from knockon.engine.impact.alternatives import is_narrower
from knockon.engine.impact.suspect_window import propose_window
from tests.engine.material.build import clock, plant
from tests.engine.window.small import M1, check, reported

HOURS = st.integers(min_value=0, max_value=40)
CHECKS = st.lists(st.tuples(HOURS, st.booleans()), max_size=12, unique_by=lambda row: row[0])
REPORTED_AT = 50


def naive_start(rows: list[tuple[int, bool]]) -> int | None:
    """Return the last good hour before the unbroken run of failures that is the latest one."""
    hours = dict(rows)
    failures = [hour for hour, passed in rows if not passed]
    goods = [hour for hour, passed in rows if passed]
    first = max(failures, default=REPORTED_AT)
    while any(hour < first for hour in failures):
        before = max(hour for hour in hours if hour < first)
        if hours[before]:
            break
        first = before
    return max((hour for hour in goods if hour < first), default=None)


def proposal_of(rows: list[tuple[int, bool]]):
    facts = plant(inspections=[check(hour, passed=passed) for hour, passed in rows])
    trouble = reported(REPORTED_AT, equipment=("M1",))
    return propose_window(build_register(facts), trouble, subject=M1)


@given(CHECKS)
def test_start_is_the_last_good_check_before_the_trouble(rows: list[tuple[int, bool]]) -> None:
    found = proposal_of(rows)

    expected = naive_start(rows)
    if expected is None:
        assert found.start.kind is not EvidenceKind.PASSED_CHECK
    else:
        assert (found.start.kind, found.start.at) == (EvidenceKind.PASSED_CHECK, clock(expected))


@given(CHECKS)
def test_window_holds_the_first_bad_piece_and_edges_are_in_order(
    rows: list[tuple[int, bool]],
) -> None:
    found = proposal_of(rows)

    if found.first_bad is not None:
        assert found.start.at is None or found.start.at <= found.first_bad
        assert found.end.at is None or found.end.at >= found.first_bad
    starts = [edge.at for edge in found.starts if edge.at is not None]
    ends = [edge.at for edge in found.ends if edge.at is not None]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert found.start in found.starts
    assert found.end in found.ends


@given(CHECKS, st.randoms(use_true_random=False))
def test_order_of_the_records_changes_nothing(rows, random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)

    assert proposal_of(shuffled) == proposal_of(rows)


EDGES = st.one_of(st.none(), HOURS)


@given(EDGES, EDGES, EDGES, EDGES)
def test_narrower_leaves_out_an_instant_that_the_other_covers(start, end, old_start, old_end):
    def holds(begin, over, hour):
        return (begin is None or begin <= hour) and (over is None or hour <= over)

    def instant(hour):
        return None if hour is None else clock(0) + timedelta(hours=hour)

    # Half hours and far ends tell open windows from closed ones.
    hours = [-100, *(half / 2 for half in range(82)), 1000]
    assume(old_start is None or old_end is None or old_start <= old_end)
    narrower = is_narrower(
        start=instant(start), end=instant(end), than=(instant(old_start), instant(old_end))
    )

    assert narrower == any(
        holds(old_start, old_end, hour) and not holds(start, end, hour) for hour in hours
    )
