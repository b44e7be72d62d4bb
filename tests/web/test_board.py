"""The board says what is wrong now, and draws what it does not know as not known."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from knockon.apps.disruptions.models import Disruption, MachineState
from knockon.apps.disruptions.selectors import load_impact
from knockon.apps.plant.models import Equipment
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import Role
from knockon.web.machine_tiles import EquipmentTree, build_areas

pytestmark = pytest.mark.django_db
BOARD_QUERIES = 13


def test_open_case_shows_its_orders_and_that_nobody_has_it(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    response = sign_in(Role.TEAM_LEADER).get("/")

    (row,) = response.context["rows"]
    hit = [line for line in _lines(answered) if line["effects"] != ["MOVED"]]
    assert (row.pk, row.owner, row.orders) == (answered.pk, "", len(hit))
    assert row.may_take
    assert [stat["value"] for stat in response.context["stats"]][:3] == [1, 1, len(hit)]


def test_case_without_answer_is_shown_as_computing(
    opened: Disruption, sign_in: Callable[..., Client]
) -> None:
    response = sign_in(Role.TEAM_LEADER).get("/")

    assert response.context["rows"][0].orders is None
    assert "Computing …" in response.content.decode()


def test_board_asks_the_data_base_as_often_for_many_cases_as_for_one(
    answered: Disruption,
    sign_in: Callable[..., Client],
    django_assert_num_queries: Callable[..., object],
) -> None:
    client = sign_in(Role.TEAM_LEADER)
    for number in range(8):
        _copy(answered, f"copy-{number}")

    with django_assert_num_queries(BOARD_QUERIES):  # type: ignore[attr-defined]
        response = client.get("/")

    assert len(response.context["rows"]) == 9


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"severity": "S2"}, 1),
        ({"severity": "S1"}, 0),
        ({"severity": "nonsense"}, 1),
        ({"plant": "ELSEWHERE"}, 0),
        ({"area": "ELSEWHERE"}, 0),
    ],
)
def test_filters_of_the_address_narrow_the_cases(
    query: dict[str, str], shown: int, answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    response = sign_in(Role.TEAM_LEADER).get(f"/?{urlencode(query)}")

    assert len(response.context["rows"]) == shown


def test_live_part_is_the_same_as_on_the_page(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.TEAM_LEADER)

    page = client.get("/").content.decode()
    part = client.get("/board/live/").content.decode()

    assert part.strip().startswith('<div id="_board_live"')
    assert _without_token(part.strip()) in _without_token(page)


def test_wall_asks_again_by_itself(answered: Disruption, sign_in: Callable[..., Client]) -> None:
    text = sign_in(Role.TEAM_LEADER).get("/?wall=1").content.decode()

    assert 'class="ko-wall"' in text
    assert "every 60s" in text


def test_machine_that_says_nothing_is_shown_as_silent_whatever_it_said_last(
    case: SimulatedCase,
) -> None:
    now = case.now
    tree = EquipmentTree(list(Equipment.objects.filter(retired=None)))
    spoken, hushed, *_others = sorted(row.equipment for row in tree.machines())
    states = [
        _state(case, spoken, last_seen_at=now - timedelta(minutes=1)),
        _state(case, hushed, last_seen_at=now - timedelta(hours=2)),
    ]

    areas = build_areas(tree, states=states, down={}, area="", now=now)

    looks = {tile.equipment: tile.look for area in areas for tile in area.tiles}
    assert looks.pop(spoken) == "running"
    assert set(looks.values()) == {"silent"}


def test_machine_below_a_stopped_area_is_stopped(case: SimulatedCase) -> None:
    tree = EquipmentTree(list(Equipment.objects.filter(retired=None)))
    machine = tree.machines()[0]

    areas = build_areas(
        tree, states=[], down={(case.plant, machine.equipment): 5}, area="", now=case.now
    )

    tiles = [tile for area in areas for tile in area.tiles if tile.look == "down"]
    assert [(tile.equipment, tile.case_id) for tile in tiles] == [(machine.equipment, 5)]


def test_empty_board_says_that_all_is_well(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    assert "Nothing is wrong" in sign_in(Role.OPERATOR).get("/").content.decode()


def _state(case: SimulatedCase, equipment: str, **times: object) -> MachineState:
    return MachineState(
        site_id=case.plant, equipment=equipment, state="running", since=case.now, **times
    )


def _lines(row: Disruption) -> list[dict[str, list[str]]]:
    lines: list[dict[str, list[str]]] = load_impact(row.pk).document["orders"]
    return lines


def _copy(row: Disruption, key: str) -> None:
    scope = row.pk
    row.pk = None
    row.origin_key = key
    row.save(force_insert=True)
    row.pk = scope


def _without_token(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "csrfmiddlewaretoken" not in line)
