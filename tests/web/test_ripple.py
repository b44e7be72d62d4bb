"""The ripple picture points to the right, keeps the worst on top, survives loops, and folds."""

from typing import Any

import pytest
from django.http import QueryDict

from knockon.web.folding import OPENED_AT_ONCE, ROOM, View
from knockon.web.ripple import MOST_NODES, Ripple, ripple
from knockon.web.ripple_graph import MOST_LAYERS, shortened

Row = dict[str, Any]
MACHINE = ("equipment", "M1")


def _step(step_type: str, key: str, link_class: str = "CONFIRMED") -> Row:
    return {
        "type": step_type,
        "key": key,
        "via": "equipment",
        "at": None,
        "qty": None,
        "class": link_class,
    }


def _order(name: str, *middle: Row, item: str = "F", customer: str = "K1") -> Row:
    order, customer_step = _step("order", f"{name}/1"), _step("customer", customer)
    return {
        "order": name,
        "line": "1",
        "item": item,
        "tier": "A",
        "customer": customer,
        "effects": ["LATE"],
        "late_s": 3600,
        "class": "CONFIRMED",
        "path": [_step("cause", "1"), *middle, order, customer_step],
    }


def _picture(
    *orders: Row, view: View | None = None, machines: dict[str, str] | None = None
) -> Ripple:
    operations = [
        {"work_order": key.split("/")[0], "seq": key.split("/")[1], "equipment": machine}
        for key, machine in (machines or {}).items()
    ]
    document = {
        "disruption": {"severity": "S2"},
        "orders": orders,
        "operations": operations,
    }
    drawn = ripple(document, plant="P", view=view or View())
    assert drawn is not None
    return drawn


def _many(count: int) -> list[Row]:
    """Return orders of three items, each made by an operation of its own on the same machine."""
    return [
        _order(f"S{n:04}", _step(*MACHINE), _step("operation", f"W{n}/10"), item=f"F{n % 3}")
        for n in range(count)
    ]


def _boxes(drawn: Ripple, kind: str) -> list[dict[str, Any]]:
    return [node for node in drawn.picture["nodes"] if node["type"] == kind]


def _asked(box: dict[str, Any]) -> View:
    return View.of(QueryDict(box["ask"]))


def test_every_line_points_to_the_right_and_ends_are_last() -> None:
    short = _order("S1", _step(*MACHINE), _step("operation", "W1/10"))
    long = _order("S2", _step(*MACHINE), _step("operation", "W2/10"), _step("operation", "W1/10"))

    picture = _picture(short, long).picture

    layer = {node["id"]: node["layer"] for node in picture["nodes"]}
    assert [e for e in picture["edges"] if layer[e["source"]] >= layer[e["target"]]] == []
    assert layer["order:S1/1"] == layer["order:S2/1"] == max(layer.values()) - 1
    assert len(picture["layers"]) == max(layer.values()) + 1
    assert picture["nodes"][0]["tone"] == "s2"


def test_loop_of_rework_is_drawn_and_ends() -> None:
    loop = _order("S1", _step("lot", "L1"), _step("lot", "L2"), _step("lot", "L1"))

    picture = _picture(loop).picture

    assert len(picture["nodes"]) == 5
    assert max(node["layer"] for node in picture["nodes"]) < 5


def test_worst_order_stands_on_top_of_its_layer() -> None:
    drawn = _picture(*(_order(name, _step(*MACHINE)) for name in ("Z", "B", "A")))

    rank = {node["id"]: node["y"] for node in _boxes(drawn, "order")}
    assert rank == {"order:Z/1": 0, "order:B/1": 1, "order:A/1": 2}


def test_link_met_twice_keeps_its_best_proof() -> None:
    doubtful = _order("S1", _step(*MACHINE, "POSSIBLE"))
    sure = _order("S2", _step(*MACHINE, "CONFIRMED"))

    picture = _picture(doubtful, sure).picture

    (edge,) = (each for each in picture["edges"] if each["target"] == "equipment:M1")
    assert edge["class"] == "CONFIRMED"


def test_long_queue_shows_its_ends_with_the_weakest_proof_between() -> None:
    queue = [_step("operation", f"W{n}/10") for n in range(6)]
    queue[3]["class"] = "PROBABLE"

    kept = shortened([_step("cause", "1"), *queue, _step("order", "S1")])

    assert [step["key"] for step in kept] == ["1", "W0/10", "W5/10", "S1"]
    assert [step["class"] for step in kept][2] == "PROBABLE"


def test_picture_that_would_be_too_deep_shows_the_last_of_each_run_alone() -> None:
    chain = [
        _order(f"S{n}", _step("operation", f"W{n}/10"), _step("operation", f"W{n + 1}/10"))
        for n in range(2 * MOST_LAYERS)
    ]

    drawn = _picture(*chain)

    assert len(drawn.picture["layers"]) == 4
    assert len(drawn.orders) == 2 * MOST_LAYERS


def test_cleared_orders_are_not_drawn() -> None:
    cleared = {**_order("S2", _step(*MACHINE)), "class": "CLEARED"}

    drawn = _picture(_order("S1", _step(*MACHINE)), cleared)

    assert [node["id"] for node in _boxes(drawn, "order")] == ["order:S1/1"]


def test_nothing_to_draw_is_no_picture() -> None:
    document = {"disruption": {"severity": "S1"}, "orders": [], "operations": []}

    assert ripple(document, plant="P", view=View()) is None


def test_crowded_layer_shows_the_worst_paths_and_counts_the_rest_by_item() -> None:
    drawn = _picture(*_many(60))

    orders = _boxes(drawn, "order")
    singles = [box["id"] for box in orders if "count" not in box]
    assert singles == [f"order:S000{n}/1" for n in range(5)]
    assert sorted(box["label"] for box in orders if "count" in box) == ["F0", "F1", "F2"]
    assert sum(box.get("count", 1) for box in orders) == 60


def test_operations_are_counted_by_machine() -> None:
    machines = {f"W{n}/10": f"M{n % 4}" for n in range(60)}

    drawn = _picture(*_many(60), machines=machines)

    counts = {box["label"]: box["count"] for box in _boxes(drawn, "operation") if "count" in box}
    assert counts == {"M0": 13, "M1": 14, "M2": 14, "M3": 14}


def test_many_kinds_leave_room_for_the_worst_and_one_box_for_the_others() -> None:
    orders = [_order(f"S{n:04}", _step(*MACHINE), item=f"F{n // 2}") for n in range(80)]

    boxes = _boxes(_picture(*orders), "order")

    assert len(boxes) == ROOM
    assert sum(box.get("count", 1) for box in boxes) == 80


def test_opened_box_shows_its_worst_members_and_keeps_the_rest_folded() -> None:
    orders = _many(600)
    closed = next(box for box in _boxes(_picture(*orders), "order") if "count" in box)

    view = _asked(closed)
    opened = _picture(*orders, view=view)
    rest = next(box for box in _boxes(opened, "order") if box["id"] == closed["id"])

    assert closed["count"] - rest["count"] == OPENED_AT_ONCE
    assert _asked(rest).opened == {closed["id"]: 2 * OPENED_AT_ONCE}


def test_opening_box_after_box_shows_every_order() -> None:
    orders, view = _many(100), View()
    for _round in range(20):
        folded = [box for box in _boxes(_picture(*orders, view=view), "order") if "count" in box]
        if not folded:
            break
        view = _asked(folded[0])

    shown = {box["id"] for box in _boxes(_picture(*orders, view=view), "order")}
    assert shown == {f"order:S{n:04}/1" for n in range(100)}


def test_followed_node_shows_exactly_the_paths_through_it() -> None:
    orders = [
        _order(f"S{n:04}", _step(*MACHINE), customer="K7" if n in {3, 50} else "K1")
        for n in range(60)
    ]

    drawn = _picture(*orders, view=View(follow="customer:K7"))

    assert [row["order"] for row in drawn.orders] == ["S0003", "S0050"]
    assert [box["id"] for box in _boxes(drawn, "order")] == ["order:S0003/1", "order:S0050/1"]
    assert [box["id"] for box in _boxes(drawn, "customer")] == ["customer:K7"]
    assert drawn.followed == "K7"
    # Pressed again, it lets go.
    assert _boxes(drawn, "customer")[0]["ask"] == ""


@pytest.mark.parametrize("follow", ["customer:nobody", "nonsense", "<script>"])
def test_what_is_not_there_is_not_followed(follow: str) -> None:
    drawn = _picture(*_many(3), view=View(follow=follow))

    assert len(drawn.orders) == 3
    assert drawn.followed == ""


@pytest.mark.parametrize("query", ["open=x", "open=:", "open=-1:2:order:F", "open=9e9:a"])
def test_address_that_opens_nothing_opens_nothing(query: str) -> None:
    assert View.of(QueryDict(query)).opened == {}


def test_small_picture_needs_no_server_to_be_followed() -> None:
    assert [node for node in _picture(*_many(5)).picture["nodes"] if "ask" in node] == []


def test_five_thousand_nodes_make_a_picture_that_is_read_without_scrolling() -> None:
    drawn = _picture(*_many(MOST_NODES))

    layers = [box["layer"] for box in drawn.picture["nodes"]]
    assert MOST_NODES <= drawn.node_count <= MOST_NODES + 5
    assert max(layers.count(layer) for layer in layers) <= ROOM
    assert len(drawn.orders) < drawn.order_count == MOST_NODES
