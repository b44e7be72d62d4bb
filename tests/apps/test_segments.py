"""A sealed genealogy answers as the data base does, or is refused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.answers import pictures
from knockon.apps.disruptions.answers.genealogy import LotGenealogy, trace_lot
from knockon.apps.journal.selectors import chain_at
from knockon.apps.production.models import Consumption, Lot
from knockon.apps.production.segments import store as segments_store
from knockon.apps.production.segments.container import (
    SegmentDamaged,
    SegmentFile,
    open_segment_file,
    write_segment,
)
from knockon.apps.production.segments.sealing import (
    is_due,
    is_up_to_date,
    plants_to_seal,
    refused_segments,
    seal,
)
from knockon.apps.production.segments.store import (
    SealingBusy,
    SegmentRefused,
    SegmentStore,
    Watermark,
    _alone,
    _key,
)
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.apps.production.snapshot import facts_position, latest_snapshot
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM
from knockon.domain.facts import LotKey
from knockon.engine.graph.lots import UnknownLot

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 21, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_pictures", pictures._Pictures())


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> SegmentStore:
    settings.GRAPH_ROOT = tmp_path / "graph"
    return pictures.segment_store()


def _forget() -> None:
    """Act as a process that was started anew."""
    pictures._pictures = pictures._Pictures()


def _genealogies() -> Iterator[LotGenealogy]:
    for row in Lot.objects.filter(retired=None).order_by("issuer", "item", "lot")[::6]:
        key = LotKey(row.issuer, row.item, row.lot)
        for is_forward in (True, False):
            yield trace_lot(key, is_forward=is_forward, viewer=SYSTEM)


def _refuse_to_load(*_args: object, **_more: object) -> None:
    raise AssertionError


def test_trace_answers_from_the_segment_without_loading_facts(
    case: SimulatedCase, store: SegmentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = list(_genealogies())
    report = seal([case.plant], store=store)
    _forget()
    monkeypatch.setattr(pictures, "load_picture", _refuse_to_load)

    read = list(_genealogies())

    assert read == built
    assert any(one.lots for one in read)
    assert (report.plants, report.bytes) == (
        (case.plant,),
        (store.folder / report.file).stat().st_size,
    )


def test_segment_of_older_facts_is_not_the_answer(
    case: SimulatedCase, store: SegmentStore, import_lots: object
) -> None:
    seal([case.plant], store=store)
    assert is_up_to_date([case.plant], store=store)

    import_lots({"item": "NEW", "lot": "L1", "qty": "5", "plant": case.plant})  # type: ignore[operator]

    assert not is_up_to_date([case.plant], store=store)
    found = trace_lot(LotKey(case.plant, "NEW", "L1"), is_forward=True, viewer=SYSTEM)
    assert (found.lots, found.gaps) == ((), ())


def _import(table: str, *rows: dict[str, str], plant: str) -> None:
    options = ImportOptions(plant=plant, source="later")
    assert not import_records(table, rows, options=options, viewer=SYSTEM, now=NOW).refused


def test_plain_tail_is_laid_on_the_segment(
    case: SimulatedCase, store: SegmentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal([case.plant], store=store)
    used = Consumption.objects.filter(kind="recorded").exclude(output_lot="").order_by("-at")[0]
    name = {"issuer": case.plant, "item": "LATER", "lot": "L1"}
    _import("lots", {**name, "qty": "5"}, plant=case.plant)
    row = {
        "event_id": "later-1",
        "input_issuer": used.output_issuer,
        "input_item": used.output_item,
        "input_lot": used.output_lot,
        **{f"output_{part}": value for part, value in name.items()},
        "qty": "2",
        "at": "2026-03-20T10:00:00+08:00",
    }
    _import("consumption", row, plant=case.plant)
    lots = [
        LotKey(**name),
        LotKey(used.output_issuer, used.output_item, used.output_lot),
        LotKey(used.input_issuer, used.input_item, used.input_lot),
    ]

    def told() -> list[LotGenealogy]:
        return [
            trace_lot(lot, is_forward=way, viewer=SYSTEM) for lot in lots for way in (True, False)
        ]

    _forget()
    monkeypatch.setattr(pictures, "load_picture", _refuse_to_load)
    laid = told()

    monkeypatch.undo()
    _forget()
    monkeypatch.setattr(SegmentStore, "live_name", lambda *_: None)
    assert laid == told()
    assert lots[0] in [each.lot.key for each in laid[4].lots]


def test_changed_setting_of_a_plant_makes_its_segment_useless(
    case: SimulatedCase, store: SegmentStore
) -> None:
    seal([case.plant], store=store)

    Site.objects.filter(code=case.plant).update(clock_doubt_s=3600)

    assert not is_up_to_date([case.plant], store=store)
    assert pictures.graph_to_trace([case.plant], latest_snapshot([case.plant])).register


@pytest.mark.parametrize("harm", ["cut", "longer", "flip", "header", "missing"])
def test_damaged_segment_is_refused_and_the_answer_is_right(
    case: SimulatedCase, store: SegmentStore, harm: str
) -> None:
    built = list(_genealogies())
    path = store.folder / seal([case.plant], store=store).file
    _harm(path, harm)
    _forget()

    with pytest.raises(SegmentDamaged):
        store.open([case.plant], chain_at=chain_at)
    assert list(_genealogies()) == built
    assert not is_up_to_date([case.plant], store=store)

    seal([case.plant], store=store)
    assert is_up_to_date([case.plant], store=store)


def _harm(path: Path, harm: str) -> None:
    content = bytearray(path.read_bytes())
    if harm == "flip":
        some_quantity = open_segment_file(path).arrays["link_booked"].tobytes()
        content[content.index(some_quantity)] ^= 0x10
    elif harm == "header":
        content[40] ^= 0x01
    elif harm == "cut":
        del content[len(content) // 2 :]
    elif harm == "longer":
        content += b"\0" * 64
    if harm == "missing":
        path.unlink()
        return
    path.write_bytes(bytes(content))


def test_flipped_byte_would_be_answered_if_nobody_looked(
    case: SimulatedCase, store: SegmentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = list(_genealogies())
    _harm(store.folder / seal([case.plant], store=store).file, "flip")
    _forget()

    monkeypatch.setattr(segments_store, "open_segment_file", _open_unchecked)

    assert list(_genealogies()) != built


def _open_unchecked(path: Path, **_more: object) -> SegmentFile:
    return open_segment_file(path, is_checked=False)


def test_cut_file_would_break_the_answer_if_nobody_looked(
    case: SimulatedCase, store: SegmentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store.folder / seal([case.plant], store=store).file
    # A map of a file that is cut under it would end this process.
    whole = _copied(open_segment_file(path))
    _harm(path, "cut")
    _forget()
    for is_checked in (True, False):
        with pytest.raises(SegmentDamaged, match="length"):
            open_segment_file(path, is_checked=is_checked)

    monkeypatch.setattr(segments_store, "open_segment_file", lambda *_, **__: _half(whole))

    with pytest.raises((IndexError, ValueError)):
        list(_genealogies())


def _copied(file: SegmentFile) -> SegmentFile:
    return replace(file, arrays={name: array.copy() for name, array in file.arrays.items()})


def _half(whole: SegmentFile) -> SegmentFile:
    arrays = {name: array[: len(array) // 2] for name, array in whole.arrays.items()}
    return replace(whole, arrays=arrays)


def test_segment_with_a_wrong_watermark_would_be_answered_if_nobody_looked(
    case: SimulatedCase,
    store: SegmentStore,
    import_lots: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = store.folder / seal([case.plant], store=store).file
    file = open_segment_file(old)
    import_lots({"item": "NEW", "lot": "L1", "qty": "5", "plant": case.plant})
    lot = LotKey(case.plant, "NEW", "L1")
    notes = {**file.notes, "position": facts_position(latest_snapshot([case.plant]).position)}
    old.unlink()
    write_segment(old, file.arrays, notes=notes)

    _forget()
    assert trace_lot(lot, is_forward=True, viewer=SYSTEM).lots == ()

    monkeypatch.setattr(segments_store, "_fitting", _believing)
    _forget()
    with pytest.raises(UnknownLot):
        trace_lot(lot, is_forward=True, viewer=SYSTEM)


def _believing(file: SegmentFile, *_: object, **__: object) -> Watermark:
    position = int(file.notes["position"])
    return Watermark(
        position=position,
        chain=chain_at(position),
        schedules=tuple((plant, number) for plant, number in file.notes["schedules"]),
        doubts=tuple((plant, doubt_s) for plant, doubt_s in file.notes["doubts"]),
    )


def test_refused_segments_are_told(case: SimulatedCase, store: SegmentStore) -> None:
    path = store.folder / seal([case.plant], store=store).file
    assert refused_segments(store) == ()

    _harm(path, "cut")

    assert [refusal.code for refusal in refused_segments(store)] == ["segment_damaged"]


def test_sealing_is_due_when_facts_came_and_the_last_one_is_long_ago(
    case: SimulatedCase, store: SegmentStore, import_lots: Any
) -> None:
    plants = [case.plant]
    soon, later = timedelta(seconds=30), timedelta(seconds=90)
    assert is_due(plants, store=store, now=NOW)
    seal(plants, store=store)
    last = store.last_sealed(plants)
    assert last is not None
    assert not is_due(plants, store=store, now=last[0] + later)

    import_lots({"item": "NEW", "lot": "L1", "qty": "5", "plant": case.plant})

    assert not is_due(plants, store=store, now=last[0] + soon)
    assert is_due(plants, store=store, now=last[0] + later)


def test_segment_of_another_data_base_or_version_is_refused(
    case: SimulatedCase, store: SegmentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = list(_genealogies())
    seal([case.plant], store=store)

    def other_chain(position: int) -> str:
        return chain_at(position)[::-1]

    def too_short(_position: int) -> str:
        return ""

    for chain in (other_chain, too_short):
        with pytest.raises(SegmentRefused, match="watermark"):
            store.open([case.plant], chain_at=chain)
    _forget()
    monkeypatch.setattr(pictures, "chain_at", too_short)
    assert list(_genealogies()) == built
    monkeypatch.setattr("knockon.apps.production.segments.store.rules", lambda: "other code")
    with pytest.raises(SegmentRefused, match="version"):
        store.open([case.plant], chain_at=chain_at)


def test_old_segment_goes_when_a_new_one_is_live_and_its_reader_keeps_it(
    case: SimulatedCase, store: SegmentStore
) -> None:
    first = seal([case.plant], store=store).file
    reader = store.open([case.plant], chain_at=chain_at)
    assert reader is not None
    before = {name: array.tobytes() for name, array in reader.file.arrays.items()}

    second = seal([case.plant], store=store).file

    names = sorted(path.name for path in store.folder.glob("*.segment"))
    assert (names, first == second) == ([second], False)
    assert {name: array.tobytes() for name, array in reader.file.arrays.items()} == before


def test_what_a_killed_sealing_left_is_removed(case: SimulatedCase, store: SegmentStore) -> None:
    store.folder.mkdir()
    key = _key([case.plant])
    left = [store.folder / f".{key}-1-aa.segment.draft", store.folder / f"{key}-1-aa.segment"]
    for path in left:
        path.write_bytes(b"half")

    seal([case.plant], store=store)

    assert [path.exists() for path in left] == [False, False]


def test_two_do_not_seal_the_same_plants_at_once(case: SimulatedCase, store: SegmentStore) -> None:
    store.folder.mkdir()

    with _alone(store.folder / f"{_key([case.plant])}.lock"), pytest.raises(SealingBusy):
        seal([case.plant], store=store)

    assert seal([case.plant], store=store).lots > 0


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b'{"file": "../x.segment"}', b'{"file": 3}'])
def test_broken_manifest_is_refused(case: SimulatedCase, store: SegmentStore, text: bytes) -> None:
    seal([case.plant], store=store)
    (store.folder / f"{_key([case.plant])}.json").write_bytes(text)

    with pytest.raises(SegmentDamaged):
        store.open([case.plant], chain_at=chain_at)
    assert next(_genealogies())


def test_manifest_may_change_between_reading_it_and_opening_the_file(
    case: SimulatedCase, store: SegmentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = seal([case.plant], store=store).file
    new = seal([case.plant], store=store).file
    names = iter([old, new])
    monkeypatch.setattr(store, "live_name", lambda _plants: next(names))

    live = store.open([case.plant], chain_at=chain_at)

    assert live is not None
    assert live.name == new


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    arrays: dict[str, np.ndarray] = {
        "a": np.arange(7, dtype=np.uint32),
        "none": np.empty((0, 3), dtype=np.float32),
        "pairs": np.arange(6, dtype=np.int64).reshape(3, 2),
    }
    path = tmp_path / "x.segment"

    size = write_segment(path, arrays, notes={"n": 1})

    read = open_segment_file(path)
    assert (read.notes, read.bytes) == ({"n": 1}, size)
    assert {name: array.tolist() for name, array in read.arrays.items()} == {
        name: array.tolist() for name, array in arrays.items()
    }
    (tmp_path / ".x.segment.draft").write_bytes(b"")
    with pytest.raises(FileExistsError):
        write_segment(path, arrays, notes={})


def test_plants_are_sealed_alone_and_together(case: SimulatedCase) -> None:
    assert plants_to_seal() == ((case.plant,),)

    Site.objects.create(code="A1", timezone="Asia/Taipei")

    assert plants_to_seal() == (("A1",), (case.plant,), ("A1", case.plant))
