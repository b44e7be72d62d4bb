"""Rows become versions; facts take effect once."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from knockon.apps.accounts.models import Site
from knockon.apps.journal.bus import recording
from knockon.apps.journal.models import Entry
from knockon.apps.plant.models import Equipment
from knockon.apps.production.models import Consumption
from knockon.apps.production.models.bindings import binding_of
from knockon.apps.production.services.storing import NewRow, Stored, store_rows

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 18, 14, tzinfo=UTC)


@pytest.fixture
def plant() -> str:
    return Site.objects.create(code="KS", timezone="Asia/Taipei").code


def _store(table: str, *fields: dict[str, object], **options: object) -> Stored:
    rows = [NewRow(number=n, plant="KS", fields=f) for n, f in enumerate(fields)]
    with recording(actor="test", action="test", now=NOW) as entry:
        return store_rows(rows, binding=binding_of(table), source="file", entry=entry, **options)


def test_changed_row_retires_the_old_one_and_keeps_columns_the_file_lacks(plant: str) -> None:
    _store("equipment", {"equipment": "M1", "name": "Old", "kind": "moulding"})

    stored = _store("equipment", {"equipment": "M1", "name": "New"})

    assert (stored.added, stored.changed) == (0, 1)
    current = Equipment.objects.get(retired=None)
    assert (current.name, current.kind) == ("New", "moulding")
    assert Equipment.objects.get(retired__isnull=False).name == "Old"


def test_same_rows_again_change_nothing(plant: str) -> None:
    row = {"equipment": "M1", "standard_cycle_s": Decimal("32.50")}
    _store("equipment", row)

    stored = _store("equipment", row)

    assert stored.counts == {"added": 0, "changed": 0, "unchanged": 1, "closed": 0, "refused": 0}
    assert Equipment.objects.count() == 1


def test_equal_facts_in_one_file_are_distinct_and_the_file_twice_is_not(plant: str) -> None:
    fact = {"input_lot": "A", "input_item": "R", "work_order": "W1", "qty": Decimal(3)}
    assert _store("consumption", fact, fact).added == 2

    again = _store("consumption", fact, fact)

    assert (again.added, again.unchanged) == (0, 2)
    assert Consumption.objects.count() == 2


def test_row_that_breaks_a_rule_is_refused_alone_and_named(plant: str) -> None:
    good = [{"equipment": f"M{n}"} for n in range(7)]
    bad = {"equipment": "M9", "parent": "M9"}

    stored = _store("equipment", *good, bad)

    assert (stored.added, [(row.number, rule) for row, rule in stored.refused]) == (
        7,
        [(7, "equipment_not_own_parent")],
    )
    assert Equipment.objects.filter(retired=None).count() == 7


def test_refused_change_leaves_the_old_row_standing(plant: str) -> None:
    _store("equipment", {"equipment": "M1", "parent": "A1"})

    stored = _store("equipment", {"equipment": "M1", "parent": "M1"})

    assert (stored.changed, len(stored.refused)) == (0, 1)
    assert Equipment.objects.get(retired=None).parent == "A1"


def test_whole_list_retires_what_it_lacks(plant: str) -> None:
    _store("equipment", {"equipment": "M1"}, {"equipment": "M2"})

    stored = _store("equipment", {"equipment": "M1"}, is_snapshot=True)

    assert (stored.unchanged, stored.closed) == (1, 1)
    assert Equipment.objects.get(retired=None).equipment == "M1"


def test_discarded_recording_leaves_nothing(plant: str) -> None:
    with recording(actor="test", action="test", now=NOW) as entry:
        store_rows(
            [NewRow(number=1, plant="KS", fields={"equipment": "M1"})],
            binding=binding_of("equipment"),
            source="file",
            entry=entry,
        )
        entry.discard()

    assert not Equipment.objects.exists()
    assert not Entry.objects.exists()


def test_data_base_refuses_to_edit_or_delete_a_recorded_row(plant: str) -> None:
    _store("equipment", {"equipment": "M1", "name": "Old"})

    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        Equipment.objects.update(name="New")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Equipment.objects.all().delete()
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        Entry.objects.update(actor="somebody else")

    assert Equipment.objects.get().name == "Old"
