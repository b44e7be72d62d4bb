"""How old the data of an answer are, in as few lines as that takes."""

from datetime import UTC, datetime, timedelta

from django.utils import translation

from knockon.web.data_age import age_lines

EVENING = datetime(2026, 3, 5, 10, 30, 12, tzinfo=UTC)


def _delivered(**ages: timedelta) -> list[dict[str, str]]:
    return [
        {"source": f"erp/{table}", "last_good_at": (EVENING - age).isoformat()}
        for table, age in ages.items()
    ]


def test_what_came_together_is_one_line_and_what_is_old_another() -> None:
    sources = _delivered(
        sales_orders=timedelta(seconds=2), stock=timedelta(hours=30), operations=timedelta()
    )

    with translation.override("en"):
        lines = age_lines(sources, as_of=EVENING)

    assert [(line["name"], line["old"]) for line in lines] == [
        ("Order data, Plan", False),
        ("Stock", True),
    ]
    assert lines[0]["last_good_at"] == EVENING.replace(second=0)


def test_the_newest_delivery_of_a_list_counts() -> None:
    sources = _delivered(stock=timedelta(hours=30)) + _delivered(stock=timedelta(hours=1))

    (line,) = age_lines(sources, as_of=EVENING)

    assert line["old"] is False


def test_nothing_received_is_said_as_old() -> None:
    (line,) = age_lines([], as_of=EVENING)

    assert (line["last_good_at"], line["old"]) == (None, True)
