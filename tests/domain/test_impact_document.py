"""The impact document: exact values, exact bytes, one schema."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import jsonschema
import pytest

from knockon.domain.disruptions import (
    Disruption,
    DisruptionKind,
    DisruptionState,
    RepairBasis,
    Scope,
    Severity,
)
from knockon.domain.facts import LotKey, OperationKey, OrderLineKey, SnapshotId, SourceAge
from knockon.domain.impact import (
    CustomerImpact,
    Effect,
    Gap,
    Impact,
    LotImpact,
    OperationImpact,
    OrderImpact,
    PathStep,
    PlaceBalance,
    ShipmentImpact,
    StepType,
    UnpeggedImpact,
    WayOut,
)
from knockon.domain.impact_document import (
    decimal_text,
    instant_text,
    load_schema,
    render,
    to_bytes,
)
from knockon.domain.links import LinkClass
from knockon.domain.reasons import Reason

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
LOT = LotKey("P1", "F", "L1")


def empty_impact() -> Impact:
    return Impact(
        disruption=Disruption(
            id="7",
            kind=DisruptionKind.EQUIPMENT,
            severity=Severity.S2,
            state=DisruptionState.OPEN,
            opened_at=NOON,
            scope=Scope(plant="P1", equipment=("M1",), rate=Decimal("0.5")),
        ),
        repair_s=3600,
        repair_basis=RepairBasis.GIVEN,
        as_of=NOON,
        snapshot=SnapshotId(position=12, schedules=(("P1", 3),)),
        data_age=(SourceAge(source="erp", last_good_at=NOON),),
    )


def full_impact() -> Impact:
    base = empty_impact()
    zero = Decimal(0)
    return Impact(
        disruption=base.disruption,
        repair_s=None,
        repair_basis=RepairBasis.NOT_APPLICABLE,
        as_of=NOON,
        snapshot=base.snapshot,
        data_age=base.data_age,
        operations=(
            OperationImpact(
                key=OperationKey("P1", "A", 10),
                equipment="M1",
                link_class=LinkClass.CONFIRMED,
                frozen=True,
                old_start=NOON,
                new_start=None,
                old_finish=NOON,
                new_finish=None,
                delay_s=None,
            ),
        ),
        lots=(
            LotImpact(
                key=LOT,
                link_class=LinkClass.PROBABLE,
                qty=Decimal("1E+3"),
                uom="PCS",
                qty_at_risk=Decimal("0.50"),
                fraction=Decimal("0.25"),
                place="wip",
                hops=2,
            ),
        ),
        orders=(
            OrderImpact(
                key=OrderLineKey("P1", "SO1", "10"),
                customer="K1",
                customer_order="4711",
                tier="A",
                item="F",
                effects=(Effect.SUSPECT_ON_HAND, Effect.LATE),
                link_class=LinkClass.POSSIBLE,
                frozen=False,
                qty_at_risk=Decimal("12.500"),
                late_s=60,
                ways_out=(
                    WayOut(
                        kind="overtime",
                        target="M2",
                        latest_at=NOON,
                        cost=Decimal("99.90"),
                        checks=(Reason(code="tool_free", params={"tool": "T1"}),),
                    ),
                ),
                path=(
                    PathStep(
                        type=StepType.CAUSE,
                        key="7",
                        via="equipment",
                        at=NOON,
                        qty=None,
                        link_class=LinkClass.CONFIRMED,
                    ),
                ),
            ),
        ),
        unpegged=(
            UnpeggedImpact(
                plant="P1",
                item="F",
                qty_at_risk=Decimal(4),
                covered_until=None,
                first_open_order=OrderLineKey("P1", "SO2", "10"),
            ),
        ),
        customers=(
            CustomerImpact(
                customer="K1", name="First", tier=None, orders=1, qty_at_risk=None, shipped_qty=zero
            ),
        ),
        shipments=(
            ShipmentImpact(
                plant="P1",
                shipment="DN1",
                customer="K1",
                ship_to=None,
                customer_order=None,
                customer_item=None,
                lot=LOT,
                qty=Decimal(3),
                shipped_at=NOON,
            ),
        ),
        places=(
            PlaceBalance(
                item="F",
                uom="PCS",
                made=Decimal(10),
                received=zero,
                raw=zero,
                wip=zero,
                finished=Decimal(7),
                transit=zero,
                subcontractor=zero,
                customer=Decimal(3),
                returned=zero,
                scrap=zero,
                consumed=zero,
                unaccounted=zero,
            ),
        ),
        gaps=(Gap(code="no_schedule", where="P1/A", qty=None),),
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1E+3", "1000"),
        ("12.500", "12.5"),
        ("0.00", "0"),
        ("-0", "0"),
        ("1E-7", "0.0000001"),
        ("-2.50", "-2.5"),
    ],
)
def test_number_is_written_as_plain_digits(number: str, text: str) -> None:
    assert decimal_text(Decimal(number)) == text


def test_instant_is_utc_in_whole_seconds() -> None:
    taipei = timezone(timedelta(hours=8))

    assert instant_text(datetime(2026, 3, 5, 20, 0, 0, 999_999, tzinfo=taipei)) == (
        "2026-03-05T12:00:00Z"
    )


@pytest.mark.parametrize("impact", [empty_impact(), full_impact()])
def test_document_satisfies_the_schema(impact: Impact) -> None:
    schema = load_schema()
    jsonschema.Draft202012Validator.check_schema(schema)

    jsonschema.Draft202012Validator(schema).validate(render(impact, elapsed_ms=5))


def test_schema_refuses_what_the_contract_does_not_name() -> None:
    document = render(full_impact(), elapsed_ms=5)
    document["orders"][0]["surprise"] = 1

    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        jsonschema.Draft202012Validator(load_schema()).validate(document)


def test_schema_refuses_a_number_where_text_is_due() -> None:
    document = render(full_impact(), elapsed_ms=5)
    document["lots"][0]["qty"] = 1000

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(load_schema()).validate(document)


def test_values_are_those_of_the_contract() -> None:
    document = render(full_impact(), elapsed_ms=5)

    assert document["disruption"]["scope"] == {
        "plant": "P1",
        "equipment": ["M1"],
        "rate": "0.5",
    }
    assert document["snapshot"] == "12/P1:3"
    assert document["lots"][0]["qty"] == "1000"
    assert document["orders"][0]["class"] == "POSSIBLE"
    assert document["orders"][0]["ways_out"][0]["checks"] == [
        {"code": "tool_free", "params": {"tool": "T1"}}
    ]
    assert document["unpegged"][0]["first_open_order"] == "SO2/10"
    assert document["shipments"][0]["lot"] == "P1/F/L1"


def test_equal_impacts_give_equal_bytes() -> None:
    assert to_bytes(render(full_impact(), elapsed_ms=5)) == to_bytes(
        render(full_impact(), elapsed_ms=5)
    )
