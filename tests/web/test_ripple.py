"""The ripple picture points to the right, keeps the worst on top and survives loops."""

from dataclasses import replace

from knockon.web.impact_rows import OrderRow
from knockon.web.paths import Step
from knockon.web.ripple import MOST_ORDERS, ripple, shortened


def _step(step_type: str, key: str, link_class: str = "CONFIRMED") -> Step:
    return Step(
        type=step_type,
        key=key,
        kind=step_type.title(),
        label=key,
        note="",
        link="",
        link_class=link_class,
        qty="",
        at=None,
        url="",
    )


def _order(name: str, *middle: Step, effects: tuple[str, ...] = ("LATE",)) -> OrderRow:
    ends = (_step("order", name), _step("customer", "K1"))
    return OrderRow(
        name=name,
        url="",
        customer="K1",
        customer_name="",
        customer_url="",
        customer_order="",
        tier="A",
        item="F",
        effects=effects,
        link_class="CONFIRMED",
        frozen=False,
        due_at=None,
        old_ship=None,
        new_ship=None,
        late="",
        quantities=(),
        safe_until="",
        decide_by=None,
        steps=(_step("cause", "1"), *middle, *ends),
    )


def test_every_line_points_to_the_right_and_ends_are_last() -> None:
    short = _order("S1", _step("equipment", "M1"), _step("operation", "W1/10"))
    long = _order(
        "S2",
        _step("equipment", "M1"),
        _step("operation", "W1/10"),
        _step("work_order", "W1"),
        _step("lot", "L1"),
    )

    picture = ripple([short, long], severity="S2")

    assert picture is not None
    layer = {node["id"]: node["layer"] for node in picture["nodes"]}
    assert [e for e in picture["edges"] if layer[e["source"]] >= layer[e["target"]]] == []
    assert layer["order:S1"] == layer["order:S2"] == max(layer.values()) - 1
    assert len(picture["layers"]) == max(layer.values()) + 1
    assert picture["nodes"][0]["tone"] == "s2"


def test_loop_of_rework_is_drawn_and_ends() -> None:
    loop = _order("S1", _step("lot", "L1"), _step("lot", "L2"), _step("lot", "L1"))

    picture = ripple([loop], severity="S1")

    assert picture is not None
    assert len(picture["nodes"]) == 5
    assert max(node["layer"] for node in picture["nodes"]) < 5


def test_worst_order_stands_on_top_of_its_layer() -> None:
    rows = [_order(name, _step("equipment", "M1")) for name in ("Z", "B", "A")]

    picture = ripple(rows, severity="S3")

    assert picture is not None
    rank = {node["id"]: node["y"] for node in picture["nodes"] if node["type"] == "order"}
    assert rank == {"order:Z": 0, "order:B": 1, "order:A": 2}


def test_link_met_twice_keeps_its_best_proof() -> None:
    doubtful = _order("S1", _step("equipment", "M1", "POSSIBLE"))
    sure = _order("S2", _step("equipment", "M1", "CONFIRMED"))

    picture = ripple([doubtful, sure], severity="S3")

    assert picture is not None
    (edge,) = (each for each in picture["edges"] if each["target"] == "equipment:M1")
    assert edge["class"] == "CONFIRMED"


def test_long_queue_shows_its_ends_with_the_weakest_proof_between() -> None:
    queue = [_step("operation", f"W{n}/10") for n in range(6)]
    queue[3] = replace(queue[3], link_class="PROBABLE")

    kept = shortened([_step("cause", "1"), *queue, _step("order", "S1")])

    assert [step.key for step in kept] == ["1", "W0/10", "W5/10", "S1"]
    assert [step.link_class for step in kept][2] == "PROBABLE"


def test_picture_is_of_the_worst_only_when_there_are_many() -> None:
    rows = [_order(f"S{n:03}", _step("equipment", "M1")) for n in range(MOST_ORDERS + 10)]

    picture = ripple(rows, severity="S3")

    assert picture is not None
    assert sum(node["type"] == "order" for node in picture["nodes"]) == MOST_ORDERS


def test_nothing_to_draw_is_no_picture() -> None:
    assert ripple([], severity="S1") is None
