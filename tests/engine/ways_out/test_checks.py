"""What is checked of a way out, each rule by hand: hours after Monday, 00:00 UTC."""

from datetime import date
from decimal import Decimal

from knockon.domain.disruptions import DisruptionKind
from knockon.domain.facts import (
    Approval,
    ApprovalState,
    Lever,
    PlantFacts,
    RestartRule,
    RoutingStep,
    Setup,
    ShipCalendar,
    Stock,
    Tool,
    ToolKey,
    ToolUse,
    Transfer,
)
from knockon.domain.impact import WayOut
from knockon.engine.impact.investigate import investigate
from knockon.engine.impact.ways_out.advice import ways_out_of
from tests.engine.delay.plants import (
    PLANT,
    answer,
    at,
    hit,
    lot,
    machine,
    make,
    moment,
    op,
    order,
    plant,
    running,
    stopped,
    trouble,
)


def routing(**fields: object) -> RoutingStep:
    given: dict[str, object] = {"alternates": ("M2",), "setup_s": 1800, **fields}
    return RoutingStep(
        plant=None, item="F", seq=10, operation="CUT", equipment="M1", restart_s=900, **given
    )


def shop(**tables: object) -> PlantFacts:
    """Return four hours of work on M1 from hour 1, due at hour 9; M2 could do it and is idle."""
    given = {
        "equipment": tuple(machine(name, cost_per_hour=Decimal(100)) for name in ("M1", "M2")),
        "routings": (routing(),),
        "work_orders": (make("W1", order="A"),),
        "operations": (op("W1", 10, "M1", 1, 5, operation="CUT"),),
        "order_lines": (order("A", due=9),),
        **tables,
    }
    return plant(**given)


def ways(facts: PlantFacts, *, now: float = 0, hours: float = 8) -> dict[tuple[str, str], WayOut]:
    impact = answer(facts, stopped("M1", hours=hours), now=now)
    return {(way.kind, way.target): way for way in hit(impact, "A").ways_out}


def codes(way: WayOut) -> list[str]:
    return [check.code for check in way.checks]


def test_moving_to_an_idle_machine_counts_change_warm_up_and_work() -> None:
    way = ways(shop())["alternate", "M2"]

    # Due at 9 less 15 min warm-up, 30 min change and 3.5 h of work.
    assert way.latest_at == at(4.75)
    assert codes(way) == ["way_moves_operation", "way_by_routing", "way_takes", "way_machine_free"]


def test_moving_costs_the_hours_that_the_plan_does_not_have() -> None:
    way = ways(shop())["alternate", "M2"]

    assert way.cost == Decimal("25.00")


def test_cost_is_unknown_when_a_machine_has_no_rate() -> None:
    facts = shop(equipment=(machine("M1", cost_per_hour=Decimal(100)), machine("M2")))

    assert ways(facts)["alternate", "M2"].cost is None


def test_decide_by_is_the_last_of_the_last_moments() -> None:
    lever = Lever(plant=PLANT, kind="outsource", supplier="S1", lead_time_h=Decimal(2))
    allowed = Approval(plant=PLANT, item="F", supplier="S1", state=ApprovalState.APPROVED)
    impact = answer(shop(levers=(lever,), approvals=(allowed,)), stopped("M1", hours=8))

    assert hit(impact, "A").decide_by == at(7)


def test_a_moment_that_is_past_closes_the_way() -> None:
    facts = shop()
    way = ways(facts, now=5)["alternate", "M2"]

    assert way.latest_at is None
    assert codes(way)[-1] == "way_too_late"
    assert way.checks[-1].params["at"] == at(4.75).isoformat()


def test_a_customer_who_forbids_the_machine_closes_the_way() -> None:
    row = Approval(
        plant=PLANT, item="F", equipment="M2", customer="K1", state=ApprovalState.FORBIDDEN
    )
    way = ways(shop(approvals=(row,)))["alternate", "M2"]

    assert way.latest_at is None
    assert "way_forbidden" in codes(way)


def test_a_customer_who_must_be_told_leaves_the_way_open() -> None:
    row = Approval(
        plant=PLANT, item="F", equipment="M2", customer="K1", state=ApprovalState.NOTIFY_FIRST
    )
    way = ways(shop(approvals=(row,)))["alternate", "M2"]

    assert way.latest_at == at(4.75)
    assert "way_notify_first" in codes(way)


def test_a_customers_own_word_outranks_the_general_one() -> None:
    general = Approval(plant=PLANT, item="F", equipment="M2", state=ApprovalState.FORBIDDEN)
    own = Approval(
        plant=PLANT, item="F", equipment="M2", customer="K1", state=ApprovalState.APPROVED
    )

    assert ways(shop(approvals=(general, own)))["alternate", "M2"].latest_at == at(4.75)


def test_another_customers_word_counts_for_nothing() -> None:
    row = Approval(
        plant=PLANT, item="F", equipment="M2", customer="K9", state=ApprovalState.FORBIDDEN
    )

    assert ways(shop(approvals=(row,)))["alternate", "M2"].latest_at == at(4.75)


def test_an_approval_that_has_ended_closes_the_way() -> None:
    row = Approval(
        plant=PLANT,
        item="F",
        equipment="M2",
        state=ApprovalState.APPROVED,
        until=date(2026, 3, 1),
    )

    assert "way_approval_expired" in codes(ways(shop(approvals=(row,)))["alternate", "M2"])


def test_an_approval_counts_on_its_last_day() -> None:
    row = Approval(
        plant=PLANT,
        item="F",
        equipment="M2",
        state=ApprovalState.APPROVED,
        until=date(2026, 3, 2),
    )

    assert ways(shop(approvals=(row,)))["alternate", "M2"].latest_at == at(4.75)


def test_a_supplier_whom_nobody_approved_is_shown_and_not_proposed() -> None:
    lever = Lever(plant=PLANT, kind="outsource", supplier="S1", lead_time_h=Decimal(2))
    way = ways(shop(levers=(lever,)))["outsource", "S1"]

    assert way.latest_at is None
    assert "way_not_approved" in codes(way)


def test_a_supplier_of_whom_no_lead_time_is_known_is_not_proposed() -> None:
    facts = shop(routings=(routing(outsourced_supplier="S1"),))

    assert codes(ways(facts)["outsource", "S1"])[-1] == "way_lead_time_unknown"


def test_a_supplier_takes_no_more_than_its_limit() -> None:
    lever = Lever(
        plant=PLANT, kind="outsource", supplier="S1", lead_time_h=Decimal(2), limit=Decimal(9)
    )
    facts = shop(levers=(lever,), routings=(routing(outsourced_supplier="S1"),))

    assert "way_over_limit" in codes(ways(facts)["outsource", "S1"])


def with_tool(**fields: object) -> PlantFacts:
    """Return the shop with work that runs with mould T1 since before the stop."""
    given = {
        "tools": (Tool(key=ToolKey(PLANT, "T1"), equipment="M1"),),
        "operations": (running("W1", 10, "M1", -1, 5, operation="CUT", tool="T1"),),
        **fields,
    }
    return shop(**given)


def test_a_tool_inside_the_stopped_machine_cannot_be_taken_out() -> None:
    way = ways(with_tool())["alternate", "M2"]

    assert way.latest_at is None
    assert codes(way)[-1] == "tool_inside"


def test_a_tool_that_its_record_calls_removable_can() -> None:
    facts = with_tool(tools=(Tool(key=ToolKey(PLANT, "T1"), equipment="M1", status="removable"),))
    way = ways(facts)["alternate", "M2"]

    # Five of six hours are left to be made, without the set-up that is done.
    assert way.latest_at == at(9 - 5 - 0.75)
    assert "tool_can_move" in codes(way)


def test_a_second_tool_takes_the_place_of_the_one_inside() -> None:
    use = ToolUse(plant=PLANT, item="F", operation="CUT", tool="T2", equipment="M2", change_s=3600)
    way = ways(with_tool(tool_uses=(use,)))["alternate", "M2"]

    assert way.latest_at == at(9 - 5 - 1.25)
    assert {"tool_inside", "tool_copy"} <= set(codes(way))


def test_a_tool_that_is_not_approved_on_the_machine_closes_the_way() -> None:
    use = ToolUse(plant=PLANT, item="F", operation="CUT", tool="T1", equipment="M2", approved=False)
    facts = with_tool(tool_uses=(use,), operations=(op("W1", 10, "M1", 1, 5, tool="T1"),))

    assert "tool_not_approved" in codes(ways(facts)["alternate", "M2"])


def test_a_tool_in_repair_closes_the_way() -> None:
    facts = with_tool(
        tools=(Tool(key=ToolKey(PLANT, "T1"), status="repair"),),
        operations=(op("W1", 10, "M1", 1, 5, tool="T1"),),
    )

    assert "tool_out_of_use" in codes(ways(facts)["alternate", "M2"])


def test_a_tool_beside_the_one_that_runs_is_free_to_move() -> None:
    facts = with_tool(
        tools=(Tool(key=ToolKey(PLANT, "T2"), equipment="M1"),),
        work_orders=(make("W0", item="C"), make("W1", order="A")),
        operations=(
            running("W0", 10, "M1", -1, 1, tool="T1"),
            op("W1", 10, "M1", 1, 5, operation="CUT", tool="T2"),
        ),
    )

    assert ways(facts)["alternate", "M2"].latest_at == at(4.75)


def test_work_that_has_to_begin_again_needs_its_whole_time() -> None:
    facts = shop(
        routings=(routing(restart=RestartRule.RESTART),),
        operations=(running("W1", 10, "M1", -1, 5, operation="CUT"),),
    )

    assert ways(facts)["alternate", "M2"].latest_at == at(9 - 6 - 0.75)


def test_the_table_of_changes_says_how_long_a_change_takes() -> None:
    change = Setup(plant=PLANT, equipment="M2", from_group="C", to_group="F", change_s=7200)

    assert ways(shop(setups=(change,)))["alternate", "M2"].latest_at == at(4.75 - 1.5)


def test_a_machine_that_stands_still_too_is_not_proposed() -> None:
    facts = shop(
        equipment=(machine("M1", parent="HALL"), machine("M2", parent="HALL"), machine("HALL"))
    )
    impact = answer(facts, trouble(DisruptionKind.AREA, equipment=("HALL",), repair_s=28_800))
    way = next(way for way in hit(impact, "A").ways_out if way.target == "M2")

    assert way.latest_at is None
    assert "way_machine_down" in codes(way)


def test_a_full_machine_has_no_room_when_its_own_order_would_be_late() -> None:
    facts = shop(
        work_orders=(make("W1", order="A"), make("W2", item="G", order="B")),
        operations=(
            op("W1", 10, "M1", 1, 5, operation="CUT"),
            op("W2", 10, "M2", 0.5, 8, operation="CUT"),
        ),
        order_lines=(order("A", due=9), order("B", item="G", due=8)),
    )
    way = ways(facts)["alternate", "M2"]

    assert way.latest_at is None
    assert codes(way)[-1] == "way_no_room"


def test_a_full_machine_has_room_when_its_own_order_can_wait() -> None:
    facts = shop(
        work_orders=(make("W1", order="A"), make("W2", item="G", order="B")),
        operations=(
            op("W1", 10, "M1", 1, 5, operation="CUT"),
            op("W2", 10, "M2", 2, 8, operation="CUT"),
        ),
        order_lines=(order("A", due=9), order("B", item="G", due=40)),
    )

    # Once the other work has begun, at hour 2, it is too late.
    assert ways(facts)["alternate", "M2"].latest_at == at(2)


def express(**lever: object) -> PlantFacts:
    return shop(
        ship_calendars=tuple(
            ShipCalendar(
                customer="K1",
                plant=PLANT,
                weekday=day,
                cutoff=at(9).time(),
                transit_days=Decimal(3),
            )
            for day in range(1, 8)
        ),
        levers=(Lever(plant=PLANT, kind="expedite", fixed_cost=Decimal(500), **lever),),
    )


def test_express_may_leave_as_late_as_it_arrives_with_the_promised_truck() -> None:
    way = ways(express(lead_time_h=Decimal(24)))["expedite", "K1"]

    # The truck of hour 9 would be there three days later; express needs one.
    assert way.latest_at == at(9 + 48)
    assert way.cost == Decimal(500)


def test_express_that_is_no_faster_is_not_proposed() -> None:
    way = ways(express(lead_time_h=Decimal(72)))["expedite", "K1"]

    assert codes(way)[-1] == "way_express_not_faster"


def test_express_of_which_no_time_is_known_is_not_proposed() -> None:
    assert codes(ways(express())["expedite", "K1"]) == ["way_lead_time_unknown"]


def test_free_stock_can_serve_the_order_until_its_truck() -> None:
    facts = shop(
        stock=(Stock(plant="P2", item="F", lot=None, place="finished", qty=Decimal(30)),),
        transfers=(
            Transfer(
                from_plant="P2",
                to_plant=PLANT,
                lot=lot("F", "X"),
                qty=Decimal(5),
                sent=moment(-30),
                received=moment(-27),
            ),
        ),
    )

    assert ways(facts)["stock", "P2"].latest_at == at(6)


def test_stock_of_another_plant_is_not_proposed_when_no_transfer_is_known() -> None:
    facts = shop(stock=(Stock(plant="P2", item="F", lot=None, place="finished", qty=Decimal(30)),))

    assert codes(ways(facts)["stock", "P2"])[-1] == "way_transfer_unknown"


def test_too_little_stock_is_shown_and_not_proposed() -> None:
    facts = shop(stock=(Stock(plant="P2", item="F", lot=None, place="finished", qty=Decimal(3)),))

    assert "way_stock_too_little" in codes(ways(facts)["stock", "P2"])


def test_an_order_at_risk_has_its_ways_out_before_it_is_late() -> None:
    facts = shop(order_lines=(order("A", due=14),))
    row = hit(answer(facts, stopped("M1", hours=8)), "A")

    assert [effect.value for effect in row.effects] == ["MOVED"]
    # Twice the repair would make it late.
    assert row.decide_by == at(14 - 4.25)


def test_an_order_that_bears_twice_the_repair_asks_for_no_decision() -> None:
    facts = shop(order_lines=(order("A", due=90),))
    row = hit(answer(facts, stopped("M1", hours=8)), "A")

    assert row.ways_out == ()
    assert row.decide_by is None


def test_one_line_can_be_asked_by_itself() -> None:
    facts, stop = shop(), stopped("M1", hours=8)
    row = hit(answer(facts, stop), "A")

    assert ways_out_of(investigate(facts, stop, now=at(0)), row.key) == row.ways_out
