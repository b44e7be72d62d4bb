"""Working windows, against the rules read minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.domain.facts import (
    CalendarKind,
    CalendarRule,
    Equipment,
    EquipmentKey,
    Plant,
)
from knockon.engine.schedule.calendars import ALWAYS, Calendars, build_calendars

SITE, AREA, M1 = (EquipmentKey("P1", name) for name in ("SITE", "AREA", "M1"))
TREE = (
    Equipment(key=SITE),
    Equipment(key=AREA, parent="SITE"),
    Equipment(key=M1, parent="AREA"),
)


def seconds(*moment: int, zone: str = "UTC") -> int:
    return int(datetime(*moment, tzinfo=ZoneInfo(zone)).timestamp())


def weekly(
    node: EquipmentKey,
    start: str,
    end: str,
    *,
    days: range = range(1, 8),
    kind: CalendarKind = CalendarKind.WORK,
) -> tuple[CalendarRule, ...]:
    return tuple(
        CalendarRule(
            equipment=node,
            weekday=weekday,
            day=None,
            start=time.fromisoformat(start),
            end=time.fromisoformat(end),
            kind=kind,
        )
        for weekday in days
    )


def dated(
    node: EquipmentKey,
    day: str,
    start: str,
    end: str,
    *,
    kind: CalendarKind = CalendarKind.WORK,
) -> CalendarRule:
    return CalendarRule(
        equipment=node,
        weekday=None,
        day=date.fromisoformat(day),
        start=time.fromisoformat(start),
        end=time.fromisoformat(end),
        kind=kind,
    )


def expand(*rules: CalendarRule, zone: str = "UTC") -> Calendars:
    return build_calendars(
        rules,
        equipment=TREE,
        plants=(Plant(plant="P1", timezone=zone),),
        start=seconds(2026, 3, 1),
        end=seconds(2026, 4, 5),
    )


def test_node_without_rules_works_always() -> None:
    calendars = expand()

    assert calendars.of(M1) == ALWAYS
    assert calendars.of(None) == ALWAYS
    assert calendars.add(1000, work=50, calendar=ALWAYS) == 1050


def test_machine_takes_the_hours_of_the_nearest_node_above() -> None:
    calendars = expand(*weekly(SITE, "06:00", "22:00"), *weekly(AREA, "08:00", "16:00"))
    start = seconds(2026, 3, 2)

    assert calendars.next_open(start, calendar=calendars.of(M1)) == seconds(2026, 3, 2, 8)
    assert calendars.next_open(start, calendar=calendars.of(SITE)) == seconds(2026, 3, 2, 6)


def test_window_is_half_open() -> None:
    calendars = expand(*weekly(M1, "08:00", "16:00"))
    calendar = calendars.of(M1)

    assert calendars.next_open(seconds(2026, 3, 2, 15, 59), calendar=calendar) == seconds(
        2026, 3, 2, 15, 59
    )
    assert calendars.next_open(seconds(2026, 3, 2, 16), calendar=calendar) == seconds(2026, 3, 3, 8)
    assert calendars.add(seconds(2026, 3, 2, 8), work=8 * 3600, calendar=calendar) == seconds(
        2026, 3, 2, 16
    )


def test_night_shift_runs_past_midnight() -> None:
    calendars = expand(*weekly(M1, "22:00", "06:00", days=range(1, 2)))
    calendar = calendars.of(M1)

    assert (
        calendars.between(seconds(2026, 3, 2), seconds(2026, 3, 9), calendar=calendar) == 8 * 3600
    )
    assert calendars.next_open(seconds(2026, 3, 3, 5), calendar=calendar) == seconds(2026, 3, 3, 5)
    assert calendars.next_open(seconds(2026, 3, 3, 6), calendar=calendar) == seconds(2026, 3, 9, 22)


def test_dated_work_replaces_that_days_hours() -> None:
    calendars = expand(*weekly(M1, "08:00", "16:00"), dated(M1, "2026-03-03", "10:00", "12:00"))
    calendar = calendars.of(M1)

    assert (
        calendars.between(seconds(2026, 3, 2), seconds(2026, 3, 5), calendar=calendar)
        == (8 + 2 + 8) * 3600
    )


def test_holiday_above_cuts_the_hours_below() -> None:
    calendars = expand(
        *weekly(M1, "08:00", "16:00"),
        dated(SITE, "2026-03-03", "00:00", "00:00", kind=CalendarKind.OFF),
        dated(M1, "2026-03-04", "09:00", "10:00", kind=CalendarKind.MAINTENANCE),
    )
    calendar = calendars.of(M1)

    assert (
        calendars.between(seconds(2026, 3, 2), seconds(2026, 3, 5), calendar=calendar)
        == (8 + 0 + 7) * 3600
    )


def test_rest_alone_cuts_out_of_always() -> None:
    calendars = expand(dated(M1, "2026-03-03", "12:00", "13:00", kind=CalendarKind.OFF))

    assert calendars.add(
        seconds(2026, 3, 3, 11), work=2 * 3600, calendar=calendars.of(M1)
    ) == seconds(2026, 3, 3, 14)


def test_spring_loses_an_hour_and_local_hours_stay() -> None:
    zone = "Europe/Berlin"
    calendars = expand(*weekly(M1, "00:00", "08:00"), zone=zone)
    calendar = calendars.of(M1)
    sunday = seconds(2026, 3, 29, zone=zone)

    assert calendars.between(sunday, sunday + 12 * 3600, calendar=calendar) == 7 * 3600
    assert calendars.next_open(seconds(2026, 3, 30, 12, zone=zone), calendar=calendar) == seconds(
        2026, 3, 31, zone=zone
    )


RULES = st.builds(
    CalendarRule,
    equipment=st.sampled_from((SITE, AREA, M1)),
    weekday=st.none(),
    day=st.dates(date(2026, 3, 26), date(2026, 3, 31)),
    start=st.integers(0, 23).map(time),
    end=st.integers(0, 23).map(time),
    kind=st.sampled_from(CalendarKind),
) | st.builds(
    CalendarRule,
    equipment=st.sampled_from((SITE, AREA, M1)),
    weekday=st.integers(1, 7),
    day=st.none(),
    start=st.integers(0, 23).map(time),
    end=st.integers(0, 23).map(time),
    kind=st.sampled_from(CalendarKind),
)


def works(rules: list[CalendarRule], at: datetime, zone: ZoneInfo) -> bool:
    """Read the rules for one instant: the nearest node's work, cut by every rest above."""
    above = (M1, AREA, SITE)
    workers = [node for node in above if any(_is_work(rule, node) for rule in rules)]
    rests = [rule for rule in rules if rule.kind is not CalendarKind.WORK]
    if any(_holds(rule, at, zone) for rule in rests):
        return False
    if not workers:
        return True
    own = [rule for rule in rules if _is_work(rule, workers[0])]
    special = {rule.day for rule in own if rule.day}
    return any(_holds(rule, at, zone, skip=special if rule.day is None else set()) for rule in own)


def _is_work(rule: CalendarRule, node: EquipmentKey) -> bool:
    return rule.equipment == node and rule.kind is CalendarKind.WORK


def _holds(
    rule: CalendarRule, at: datetime, zone: ZoneInfo, *, skip: set[date] = frozenset()
) -> bool:
    local = at.astimezone(zone).date()
    for day in (local - timedelta(days=1), local):
        named = rule.day == day if rule.day else rule.weekday == day.isoweekday()
        if not named or day in skip:
            continue
        last = day + timedelta(days=1) if rule.end <= rule.start else day
        start = datetime.combine(day, rule.start, tzinfo=zone).astimezone(UTC)
        end = datetime.combine(last, rule.end, tzinfo=zone).astimezone(UTC)
        if start <= at < end:
            return True
    return False


@settings(max_examples=60, deadline=None)
@given(st.lists(RULES, max_size=7), st.sampled_from(("Asia/Taipei", "Europe/Berlin")))
def test_windows_say_what_the_rules_say(rules: list[CalendarRule], zone: str) -> None:
    calendars = expand(*rules, zone=zone)
    calendar = calendars.of(M1)
    first = datetime(2026, 3, 27, tzinfo=UTC)
    instants = [first + timedelta(minutes=30 * step) for step in range(2 * 24 * 4)]

    open_now = [
        calendars.next_open(int(at.timestamp()), calendar=calendar) == int(at.timestamp())
        for at in instants
    ]

    assert open_now == [works(rules, at, ZoneInfo(zone)) for at in instants]


def test_machines_with_equal_hours_share_one_calendar() -> None:
    other = EquipmentKey("P1", "M2")
    found = build_calendars(
        (
            *weekly(M1, "06:00", "14:00"),
            *weekly(other, "06:00", "14:00"),
            *weekly(AREA, "00:00", "01:00"),
        ),
        equipment=(*TREE, Equipment(key=other)),
        plants=(Plant(plant="P1", timezone="UTC"),),
        start=seconds(2026, 3, 2),
        end=seconds(2026, 3, 9),
    )

    assert found.of(M1) == found.of(other) != ALWAYS
    assert found.of(AREA) != found.of(M1)
    assert len(found.first) == 1 + 3
