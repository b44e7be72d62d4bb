"""From signals and new facts to disruptions."""

from collections.abc import Sequence
from datetime import datetime

from django.db import DatabaseError

from knockon.apps.disruptions.models import Disruption, MachineState, ScopeVersion
from knockon.apps.disruptions.selectors import OPEN_STATES, load_scope_version, subject_of
from knockon.apps.disruptions.services.opening import (
    OpeningRequest,
    add_disruption,
    find_opened,
)
from knockon.apps.journal.bus import Recording, recording
from knockon.apps.journal.models import Signal
from knockon.apps.plant.models import Equipment
from knockon.apps.production.models import Inspection, Receipt
from knockon.domain.access import SYSTEM
from knockon.domain.disruptions import DisruptionKind, Scope
from knockon.domain.errors import KnockonError
from knockon.domain.events import (
    DisruptionMoved,
    DisruptionRevised,
    FactsImported,
    MachineChanged,
    SignalsReceived,
)
from knockon.domain.facts import LotKey
from knockon.domain.scope_values import scope_from_values
from knockon.engine.detect.machine_states import Running, read_state


def on_signals(event: SignalsReceived, *, now: datetime) -> None:
    """Follow machine states; a stop opens a disruption, running again restores it.

    At most ``_STATES_A_RUN`` states are followed, because the journal's lock is held until the
    whole run commits; what is left waits for the next look. A signal that cannot be followed is
    put aside by itself. Idempotent by ``Signal.handled_at``: a signal is looked at once.
    """
    waiting = Signal.objects.filter(pk__lte=event.up_to, handled_at=None)
    signals = list(waiting.order_by("at", "id"))
    states = [signal for signal in signals if signal.kind in _STATE_KINDS]
    quiet = [signal.pk for signal in signals if signal.kind not in _STATE_KINDS]
    Signal.objects.filter(pk__in=quiet).update(handled_at=now)
    _see(signals)
    for signal in states[:_STATES_A_RUN]:
        try:
            _follow(signal, now=now)
        except (KnockonError, DatabaseError) as error:
            _put_aside(signal, error, now=now)


def on_facts(event: FactsImported, *, now: datetime) -> None:
    """Open disruptions for failed inspections and rejected receipts of an import.

    Idempotent by the case's origin: the lot and what failed it.
    """
    if "inspections" in event.tables:
        _open_failed_lots(event, now=now)
    if "receipts" in event.tables:
        _open_rejected_lots(event, now=now)


_STATE_KINDS = frozenset({"state", "alarm"})
_STATES_A_RUN = 200


def _put_aside(signal: Signal, error: Exception, *, now: datetime) -> None:
    """Keep one poisonous signal from stopping its neighbours; the journal says why."""
    with recording(
        actor=SYSTEM.actor, action="signal_put_aside", now=now, plant=signal.plant
    ) as entry:
        Signal.objects.filter(pk=signal.pk).update(handled_at=now)
        entry.subject = f"equipment:{signal.plant}/{signal.equipment}"
        entry.data.update(signal=signal.pk, error=str(error)[:500])


def _follow(signal: Signal, *, now: datetime) -> None:
    """Look at one state signal in its own transaction."""
    running = Running.STOPPED if signal.kind == "alarm" else read_state(signal.code)
    with recording(
        actor=SYSTEM.actor, action="signal_followed", now=now, plant=signal.plant
    ) as entry:
        locked = Signal.objects.select_for_update().get(pk=signal.pk)
        if locked.handled_at is not None:
            entry.discard()
            return
        locked.handled_at = now
        locked.save(update_fields=["handled_at"])
        entry.subject = f"equipment:{signal.plant}/{signal.equipment}"
        entry.data.update(signal=signal.pk, code=signal.code, state=running.value)
        if not _is_newest(signal) or running is Running.UNKNOWN:
            return
        if signal.kind == "state" and _set_state(signal, running=running):
            entry.publish(
                MachineChanged(plant=signal.plant, equipment=signal.equipment, state=running.value)
            )
        if running is Running.STOPPED:
            _open_stop(signal, entry=entry)
        elif running is Running.RUNNING:
            _restore(signal, entry=entry)


def _is_newest(signal: Signal) -> bool:
    """Whether no later state of the machine is known; a late delivery must not turn back time."""
    return not MachineState.objects.filter(
        site_id=signal.plant, equipment=signal.equipment, since__gt=signal.at
    ).exists()


def _set_state(signal: Signal, *, running: Running) -> bool:
    """Note what the machine does now; return whether that is news."""
    row, is_new = MachineState.objects.get_or_create(
        site_id=signal.plant,
        equipment=signal.equipment,
        defaults={
            "state": running.value,
            "code": signal.code,
            "since": signal.at,
            "last_seen_at": signal.received_at,
        },
    )
    if is_new:
        return True
    is_news = row.state != running.value
    if is_news:
        row.state = running.value
        row.since = signal.at
    row.code = signal.code
    row.last_seen_at = max(row.last_seen_at, signal.received_at)
    row.save(update_fields=["state", "code", "since", "last_seen_at"])
    return is_news


def _see(signals: Sequence[Signal]) -> None:
    """Note when each machine was last heard, whatever it said, and whenever it says it was."""
    last: dict[tuple[str, str], datetime] = {}
    for signal in signals:
        key = (signal.plant, signal.equipment)
        last[key] = max(last.get(key, signal.received_at), signal.received_at)
    for (plant, equipment), at in sorted(last.items()):
        MachineState.objects.filter(site_id=plant, equipment=equipment, last_seen_at__lt=at).update(
            last_seen_at=at
        )


def _open_stop(signal: Signal, *, entry: Recording) -> None:
    if not Equipment.objects.filter(
        site_id=signal.plant, equipment=signal.equipment, retired=None
    ).exists():
        entry.data["ignored"] = "equipment_unknown"
        return
    if _open_cases(signal.plant, signal.equipment):
        return
    request = OpeningRequest(
        kind=DisruptionKind.EQUIPMENT,
        scope=Scope(plant=signal.plant, equipment=(signal.equipment,), start=signal.at),
        origin="signal",
        origin_key=f"{signal.source}:{signal.event_id}",
        note=signal.text or signal.code,
        started_at=signal.at,
        detected_at=signal.received_at,
    )
    add_disruption(request, scope=request.scope, viewer=SYSTEM, entry=entry)


def _restore(signal: Signal, *, entry: Recording) -> None:
    """Mark open stops of the machine as restored; a person still closes the case."""
    for row in _open_cases(signal.plant, signal.equipment):
        if row.restored_at is not None or row.started_at > signal.at:
            continue
        row.restored_at = signal.at
        row.save(update_fields=["restored_at"])
        entry.subject = subject_of(row.pk)
        entry.publish(
            DisruptionMoved(
                disruption_id=row.pk, plant=row.site_id, state="restored", actor=SYSTEM.actor
            )
        )


def _open_cases(plant: str, equipment: str) -> list[Disruption]:
    naming = ScopeVersion.objects.filter(scope__equipment__contains=[equipment])
    rows = Disruption.objects.filter(
        site_id=plant,
        kind=DisruptionKind.EQUIPMENT.value,
        state__in=OPEN_STATES,
        restored_at=None,
        pk__in=naming.values("disruption_id"),
    )
    return list(rows.order_by("id"))


def _open_failed_lots(event: FactsImported, *, now: datetime) -> None:
    """Open one case for what failed at one place on one item, or join the running one."""
    failed = Inspection.objects.filter(
        site_id=event.plant, recorded_id=event.position, result="fail"
    ).exclude(lot="")
    groups: dict[str, list[Inspection]] = {}
    for row in failed.order_by("at", "fact_key"):
        groups.setdefault(f"{row.equipment}|{row.item}|", []).append(row)
    for group, rows in sorted(groups.items()):
        lots = tuple(sorted({LotKey(row.issuer, row.item, row.lot) for row in rows}))
        _open_or_join(
            OpeningRequest(
                kind=_kind_of(lots),
                scope=Scope(plant=event.plant, lots=lots),
                origin="inspection",
                origin_key=group + rows[0].fact_key,
                note=", ".join(dict.fromkeys(row.characteristic for row in rows)),
                started_at=rows[0].at,
            ),
            group=group,
            now=now,
        )


def _kind_of(lots: Sequence[LotKey]) -> DisruptionKind:
    """Tell a supplier's bad lot from one of our own making."""
    numbers = [lot.lot for lot in lots]
    came_in = Receipt.objects.filter(lot__in=numbers, retired=None).values_list(
        "issuer", "item", "lot"
    )
    received = {LotKey(*row) for row in came_in}
    return DisruptionKind.MATERIAL if received & set(lots) else DisruptionKind.QUALITY


def _open_rejected_lots(event: FactsImported, *, now: datetime) -> None:
    rejected = Receipt.objects.filter(
        site_id=event.plant, recorded_id=event.position, rejected__gt=0
    )
    for row in rejected.order_by("fact_key"):
        lot = LotKey(row.issuer, row.item, row.lot)
        _open_or_join(
            OpeningRequest(
                kind=DisruptionKind.MATERIAL,
                scope=Scope(plant=event.plant, lots=(lot,)),
                origin="receipt",
                origin_key=row.fact_key,
                note=row.inspection_status,
                started_at=row.received_on,
            ),
            group=row.fact_key,
            now=now,
        )


def _open_or_join(request: OpeningRequest, *, group: str, now: datetime) -> None:
    """Open a case, or add its lots to the open one of the same group or the same lots."""
    with recording(
        actor=SYSTEM.actor, action="disruption_opened", now=now, plant=request.scope.plant
    ) as entry:
        if find_opened(request) is not None:
            entry.discard()
            return
        running = _running_case(request, group=group)
        if running is None:
            add_disruption(request, scope=request.scope, viewer=SYSTEM, entry=entry)
            return
        _join(running, request.scope, entry=entry)


def _running_case(request: OpeningRequest, *, group: str) -> Disruption | None:
    open_cases = Disruption.objects.filter(
        site_id=request.scope.plant, state__in=OPEN_STATES
    ).order_by("id")
    of_group = open_cases.filter(origin=request.origin, origin_key__startswith=group).first()
    if of_group is not None:
        return of_group
    for lot in request.scope.lots:
        naming = ScopeVersion.objects.filter(scope__lots__contains=[list(lot)])
        same = open_cases.filter(pk__in=naming.values("disruption_id")).first()
        if same is not None:
            return same
    return None


def _join(running: Disruption, scope: Scope, *, entry: Recording) -> None:
    newest = load_scope_version(running.pk)
    known = scope_from_values(newest.scope)
    lots = tuple(sorted({*known.lots, *scope.lots}))
    if lots == known.lots:
        entry.discard()
        return
    values = {**newest.scope, "lots": [list(lot) for lot in lots]}
    ScopeVersion.objects.create(disruption=running, recorded_id=entry.position, scope=values)
    entry.subject = subject_of(running.pk)
    entry.data.update(joined=[list(lot) for lot in scope.lots])
    entry.publish(DisruptionRevised(disruption_id=running.pk, plant=running.site_id))
