"""Which of our lots and items a supplier's pasted text names."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.domain.facts import LotKey
from knockon.domain.notice import KnownLot
from knockon.engine.impact.notice import names_in, read_notice


def received(number: str, *, item: str = "RES-1", lot: str = "", supplier: str = "V1") -> KnownLot:
    return KnownLot(
        key=LotKey(supplier, item, lot or number),
        plant="P",
        supplier=supplier,
        supplier_lot=number,
        is_received=True,
    )


def made(number: str) -> KnownLot:
    return KnownLot(key=LotKey("P", "B", number), plant="P")


def numbers(text: str, *lots: KnownLot, items: tuple[str, ...] = ()) -> dict[str, bool]:
    reading = read_notice(text, lots=lots, items=items)
    return {each.number: each.is_sure for each in reading.numbers}


MAILS = [
    "Dear customer, please stop using lot AX-2405-17 at once.",
    "各位客戶\uff1a批號AX-2405-17有氣泡\uff0c請立即停用。",
    "尊敬的客户\uff0c批次\uff1a\uff21\uff38\uff0d\uff12\uff14\uff10\uff15\uff0d\uff11\uff17\uff0c请停用",
    "AX-2405-17\tRES-1\t500\tkg\r\nBX-1\tRES-2",
    "(AX-2405-17)",
    "Lots: AX-2405-16/AX-2405-17.",
    "Betrifft:AX-2405-17",
]


@pytest.mark.parametrize("text", MAILS)
def test_number_is_found_however_it_is_written(text: str) -> None:
    assert numbers(text, received("AX-2405-17")) == {"AX-2405-17": True}


def test_every_lot_of_ours_that_bears_the_number_is_meant() -> None:
    reading = read_notice(
        "lot AX-17",
        lots=[
            received("AX-17", lot="R1"),
            received("AX-17", lot="R2"),
            received("AX-18", lot="R3"),
        ],
        items=(),
    )

    assert [lot.key.lot for lot in reading.numbers[0].lots] == ["R1", "R2"]
    assert reading.numbers[0].is_sure


def test_our_own_number_of_a_received_lot_is_found_too() -> None:
    assert numbers("your lot R1", received("AX-17", lot="R1")) == {"R1": True}


def test_longest_name_counts() -> None:
    lots = (received("AX-17"), received("AX-17-2"))

    assert numbers("AX-17-2", *lots) == {"AX-17-2": True}


def test_part_of_a_longer_unknown_number_is_asked_about() -> None:
    reading = read_notice("lot AX-17-9", lots=[received("AX-17")], items=())

    assert [(each.number, each.is_sure) for each in reading.numbers] == [("AX-17", False)]
    assert reading.unknown == ("AX-17-9",)


def test_number_within_letters_and_digits_is_not_found() -> None:
    assert numbers("lot XAX-17 and AX-170", received("AX-17")) == {}


@pytest.mark.parametrize("look_alike", ["AX-I7", "ax-17", "AX-0017", "AX 17"])
def test_tr25_look_alikes_are_never_folded(look_alike: str) -> None:
    reading = read_notice(f"lot {look_alike}", lots=[received("AX-17")], items=())

    assert reading.numbers == ()


def test_tr24_number_of_two_suppliers_is_asked_about() -> None:
    lots = (received("AX-17", supplier="V1"), received("AX-17", supplier="V2"))

    reading = read_notice("lot AX-17", lots=lots, items=())

    assert [(each.is_sure, len(each.lots)) for each in reading.numbers] == [(False, 2)]


def test_item_in_the_text_settles_which_lot_is_meant() -> None:
    lots = (received("AX-17", item="RES-1"), received("AX-17", item="RES-2"))

    reading = read_notice("RES-2, lot AX-17", lots=lots, items=("RES-1", "RES-2"))

    assert reading.items == ("RES-2",)
    assert [each.is_sure for each in reading.numbers] == [True]
    assert [lot.key.item for lot in reading.numbers[0].lots] == ["RES-2"]


def test_suppliers_number_goes_before_another_lot_of_ours_with_that_number() -> None:
    lots = (received("AX-17", lot="R1"), received("ZZ-1", lot="AX-17"))

    reading = read_notice("lot AX-17", lots=lots, items=())

    assert [lot.key.lot for lot in reading.numbers[0].lots] == ["R1"]


def test_lot_of_our_own_making_is_asked_about() -> None:
    assert numbers("lot P260304005", made("P260304005")) == {"P260304005": False}


def test_few_digits_may_be_a_quantity() -> None:
    assert numbers("we sent 500 kg", received("500")) == {"500": False}
    assert numbers("lot 50012", received("50012")) == {"50012": True}


def test_numbers_that_are_not_ours_are_listed() -> None:
    text = (
        "Date 2026-03-05, phone 03-3456789, mail qc7@resin4.example\n"
        "Lot No.: AX-2405-17, AX-2405-18 and batch Q77X\n"
        "quantity 500 kg"
    )

    reading = read_notice(text, lots=[received("AX-2405-17")], items=())

    assert [each.number for each in reading.numbers] == ["AX-2405-17"]
    assert reading.unknown == ("AX-2405-18", "Q77X")


def test_without_any_number_of_ours_what_has_letters_and_digits_is_listed() -> None:
    reading = read_notice("Please block ZX81-7.", lots=[], items=())

    assert reading.unknown == ("ZX81-7",)


def test_empty_text_names_nothing() -> None:
    assert read_notice(" \n", lots=[received("AX-17")], items=("RES-1",)).numbers == ()


KEYS = st.text(alphabet=string.ascii_uppercase + string.digits + "-", min_size=1, max_size=12).map(
    lambda text: f"K{text.strip('-')}7"
)


@given(
    st.lists(KEYS, min_size=1, max_size=6, unique=True), st.sampled_from([", ", "\n", "、", " / "])
)
def test_every_listed_number_is_found_and_can_be_looked_up(keys: list[str], between: str) -> None:
    text = f"請停用\uff1a{between.join(keys)}。"

    reading = read_notice(text, lots=[received(key, lot=f"R{key}") for key in keys], items=())

    assert [each.number for each in reading.numbers] == keys
    assert set(keys) <= names_in(text)


@given(st.text(max_size=300), KEYS)
def test_what_is_found_is_among_the_names_to_look_up(text: str, key: str) -> None:
    whole = f"{text} {key}"

    found = read_notice(whole, lots=[received(key)], items=())

    assert {each.number for each in found.numbers} <= names_in(whole)
