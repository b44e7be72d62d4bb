"""Mending a broken trace link: somebody who knows says which lot it was, with a reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from knockon.apps.journal.bus import recording
from knockon.apps.journal.models import Fact
from knockon.apps.production.models import Consumption, Shipment
from knockon.apps.production.models.bindings import binding_of
from knockon.apps.production.selectors import resolve_lot
from knockon.apps.production.services.editing import BY_HAND, RowRefused, note_delivery
from knockon.apps.production.services.rows import Fields
from knockon.apps.production.services.storing import NewRow, store_rows
from knockon.domain.access import Right, Viewer
from knockon.domain.broken_links import BrokenLink, LinkRepair
from knockon.domain.errors import KnockonError
from knockon.domain.events import FactsImported
from knockon.domain.facts import LotKey

ACTION = "link_mended"
_KEY_LENGTH = 200


class MendingUnexplained(KnockonError):
    """Nobody said how they know which lot it was."""

    code = "mending_unexplained"


class MendingIncomplete(KnockonError):
    """The repair does not say what the link lacks; the data name the field."""

    code = "mending_incomplete"


class LinkGone(KnockonError):
    """The record behind the link was superseded meanwhile."""

    code = "link_gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """What somebody says of a broken link; None leaves a field as it is recorded.

    Parameters
    ----------
    used
        The lot that was really used, shipped or that it came from.
    became
        The lot that it went into.
    qty
        How much; only where nothing is recorded.
    is_whole
        Of a lot from nowhere: it is the whole other lot under a new number, else a part of it.
    note
        How they know.
    """

    used: LotKey | None = None
    became: LotKey | None = None
    at: datetime | None = None
    qty: Decimal | None = None
    is_whole: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """The row that a mending writes, and the one that it supersedes."""

    table: str
    fields: Fields
    old: Fact | None = None


def mend_link(
    link: BrokenLink, *, plant: str, mending: Mending, viewer: Viewer, now: datetime
) -> None:
    """Write down which lot it was; the former record stays, superseded.

    Publishes ``FactsImported``, so that open disruptions are answered again.

    Raises
    ------
    NotAllowed
        The viewer may not mend links there.
    MendingUnexplained, MendingIncomplete
        The reason or a needed field is missing.
    LotUnknown, LotAmbiguous
        A named lot is not known or not unique.
    LinkGone, RowRefused
        The record was superseded meanwhile, or the new one breaks a rule.
    """
    viewer.require(Right.MEND, plant=plant)
    if not mending.note:
        raise MendingUnexplained
    if link.repair is None:
        raise LinkGone(where=link.where)
    change = _CHANGES[link.repair](link, plant, mending)
    old = change.old
    with recording(
        actor=viewer.actor, action=ACTION, now=now, plant=plant, subject=f"plant:{plant}"
    ) as entry:
        if old is not None and not _stands(old):
            raise LinkGone(where=link.where)
        stem = old.fact_key if old is not None else "mended"
        row = NewRow(
            number=1,
            plant=plant,
            fields=change.fields,
            own=dict(old.own) if old is not None else {},
            event_id=f"{stem[: _KEY_LENGTH - 24]}~{entry.position}",
            corrects=old.fact_key if old is not None else "",
        )
        source = old.source if old is not None else BY_HAND
        stored = store_rows([row], binding=binding_of(change.table), source=source, entry=entry)
        if stored.refused:
            raise RowRefused(table=change.table, rule=stored.refused[0][1])
        note_delivery(change.table, plant, entry_position=entry.position, now=now)
        entry.data.update(
            table=change.table,
            code=link.code,
            where=link.where,
            superseded=old.fact_key if old is not None else "",
            note=mending.note,
            used=list(mending.used) if mending.used else None,
            became=list(mending.became) if mending.became else None,
        )
        entry.publish(FactsImported(plant=plant, position=entry.position, tables=(change.table,)))


def _stands(row: Fact) -> bool:
    return type(row)._default_manager.filter(pk=row.pk, retired=None).exists()


def _named_consumption(link: BrokenLink, plant: str, mending: Mending) -> _Change:
    """Return the recorded consumption with what was said of it."""
    old = Consumption.objects.filter(
        site_id=plant, source=link.source, fact_key=link.event_id, retired=None
    ).first()
    if old is None:
        raise LinkGone(where=link.where)
    fields = _fields_of(old, "consumption")
    if mending.used is None and mending.became is None and mending.at is None:
        raise MendingIncomplete(field="lot")
    if mending.used is not None:
        fields |= _lot_fields(mending.used, plant=plant, prefix="input_")
        # Somebody says so: it is no guess of the system any more.
        fields["kind"] = "recorded"
    if mending.became is not None:
        fields |= _lot_fields(mending.became, plant=plant, prefix="output_")
    if mending.at is not None:
        fields |= {"at": mending.at, "at_span_s": 0}
    return _Change(table="consumption", fields=fields, old=old)


def _added_consumption(link: BrokenLink, plant: str, mending: Mending) -> _Change:
    """Return the consumption that nobody recorded."""
    if mending.used is None:
        raise MendingIncomplete(field="lot")
    qty = mending.qty if mending.qty is not None else link.qty
    if qty is None or qty <= 0:
        raise MendingIncomplete(field="qty")
    fields: Fields = {
        **_lot_fields(mending.used, plant=plant, prefix="input_"),
        "work_order": link.work_order,
        "qty": qty,
        "uom": link.uom or "",
        "at": mending.at,
        "at_span_s": 0,
        "kind": "recorded",
    }
    if mending.became is not None:
        fields |= _lot_fields(mending.became, plant=plant, prefix="output_")
    return _Change(table="consumption", fields=fields)


def _named_shipment(link: BrokenLink, plant: str, mending: Mending) -> _Change:
    """Return the shipment with its lot."""
    if mending.used is None:
        raise MendingIncomplete(field="lot")
    shipment, _, line_no = link.event_id.rpartition("/")
    old = (
        Shipment.objects.filter(
            site_id=plant,
            source=link.source,
            shipment=shipment,
            line_no=line_no,
            item=link.item,
            lot="",
            retired=None,
        )
        .order_by("id")
        .first()
    )
    if old is None:
        raise LinkGone(where=link.where)
    fields = _fields_of(old, "shipments") | _lot_fields(mending.used, plant=plant, prefix="")
    return _Change(table="shipments", fields=fields, old=old)


def _named_origin(link: BrokenLink, plant: str, mending: Mending) -> _Change:
    """Return what a lot from nowhere came from: a lot of its item, or material it was made of."""
    if mending.used is None:
        raise MendingIncomplete(field="lot")
    if mending.at is None:
        raise MendingIncomplete(field="at")
    (lot,) = link.outputs
    used = resolve_lot(mending.used, plant=plant)
    qty = mending.qty if mending.qty is not None else link.qty
    if used.item == lot.item:
        return _Change(
            table="lot_events",
            fields={
                **_lot_fields(used, plant=plant, prefix=""),
                **_lot_fields(lot, plant=plant, prefix="other_"),
                "kind": "relabel" if mending.is_whole else "split",
                "at": mending.at,
                "at_span_s": 0,
                "qty": qty,
            },
        )
    if qty is None or qty <= 0:
        raise MendingIncomplete(field="qty")
    return _Change(
        table="consumption",
        fields={
            **_lot_fields(used, plant=plant, prefix="input_"),
            **_lot_fields(lot, plant=plant, prefix="output_"),
            "qty": qty,
            "at": mending.at,
            "at_span_s": 0,
            "kind": "recorded",
        },
    )


_CHANGES: Mapping[LinkRepair, Callable[[BrokenLink, str, Mending], _Change]] = {
    LinkRepair.NAME_CONSUMPTION: _named_consumption,
    LinkRepair.ADD_CONSUMPTION: _added_consumption,
    LinkRepair.NAME_SHIPMENT: _named_shipment,
    LinkRepair.NAME_ORIGIN: _named_origin,
}


def _fields_of(row: Any, table: str) -> Fields:
    return {name: getattr(row, name) for name in binding_of(table).blanks}


def _lot_fields(lot: LotKey, *, plant: str, prefix: str) -> Fields:
    found = resolve_lot(lot, plant=plant)
    return {
        f"{prefix}issuer": found.issuer,
        f"{prefix}item": found.item,
        f"{prefix}lot": found.lot,
    }
