"""Reading a request's signals: strict about types, whole or not at all for each row."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from knockon.apps.journal.services.signals import SignalRow
from knockon.domain.contract.cells import folded
from knockon.runtime.asgi import Problem

# A machine's clock may be a day off; later than that its time cannot be.
_FURTHEST_FUTURE = timedelta(days=1)
# What the table's numeric(24, 8) holds.
_LARGEST = Decimal(10) ** 16
_GRAIN = Decimal("0.00000001")

_T = TypeVar("_T")
_Key = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class _Message(msgspec.Struct, kw_only=True):
    source: _Key
    at: datetime
    event_id: Annotated[str, msgspec.Meta(max_length=200)] = ""
    equipment: Annotated[str, msgspec.Meta(max_length=80)] = ""
    kind: Literal["state", "alarm", "measure", "count", "heartbeat"] = "state"
    code: Annotated[str, msgspec.Meta(max_length=120)] = ""
    # Read as it was written: a float in between would change the number.
    value: msgspec.Raw = msgspec.Raw(b"null")
    text: Annotated[str, msgspec.Meta(max_length=500)] = ""
    count_kind: Literal["cumulative", "delta", ""] = ""


class _Envelope(msgspec.Struct):
    signals: list[_Message]


class _RawEnvelope(msgspec.Struct):
    signals: list[msgspec.Raw]


_decode_all = msgspec.json.Decoder(list[_Message] | _Envelope).decode
_decode_rows = msgspec.json.Decoder(list[msgspec.Raw] | _RawEnvelope).decode
_decode_one = msgspec.json.Decoder(_Message).decode
_decode_value = msgspec.json.Decoder(str | bool | None).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A row that was not taken: its place in the request, from 0, and why."""

    index: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalBatch:
    """What a request holds."""

    rows: tuple[SignalRow, ...]
    refused: tuple[Refused, ...]


class _Unfit(Exception):
    """A row that cannot be taken; never leaves this module."""

    def __init__(self, *, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


def read_signals(body: bytes, *, zone: str, limit: int, now: datetime) -> SignalBatch:
    """Return the signals of a body: a JSON list, or an object with the list as ``signals``.

    Parameters
    ----------
    body
        As it came.
    zone
        Clock of the plant, for times without offset.
    limit
        Most rows of one request.
    now
        To tell times that cannot be.

    Raises
    ------
    Problem
        The body is no list of signals, or a longer one than allowed.
    """
    fast = _whole(body)
    if fast is not None and len(fast) <= limit:
        return _converted(fast, zone=zone, now=now, convert=lambda message: message)
    try:
        found = _decode_rows(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Problem(code="signals_unreadable", status=400, detail=str(error)[:200]) from error
    rows = found.signals if isinstance(found, _RawEnvelope) else found
    if len(rows) > limit:
        raise Problem(code="too_many_signals", status=413, limit=limit)
    return _converted(rows, zone=zone, now=now, convert=_one)


def _whole(body: bytes) -> list[_Message] | None:
    try:
        found = _decode_all(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    return found.signals if isinstance(found, _Envelope) else found


def _one(raw: msgspec.Raw) -> _Message:
    try:
        return _decode_one(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _Unfit(code="signal_invalid", detail=str(error)[:200]) from error


def _converted(
    rows: Sequence[_T], *, zone: str, now: datetime, convert: Callable[[_T], _Message]
) -> SignalBatch:
    taken: list[SignalRow] = []
    refused: list[Refused] = []
    clock = ZoneInfo(zone)
    for index, row in enumerate(rows):
        try:
            taken.append(_row(convert(row), clock=clock, now=now))
        except _Unfit as unfit:
            refused.append(Refused(index=index, code=unfit.code, detail=unfit.detail))
    return SignalBatch(rows=tuple(taken), refused=tuple(refused))


def _row(message: _Message, *, clock: ZoneInfo, now: datetime) -> SignalRow:
    at = _instant(message.at, clock=clock)
    value, words = _value(message.value)
    source = _text(folded(message.source))
    if not source:
        raise _Unfit(code="signal_invalid", detail="source is empty")
    row = SignalRow(
        source=source,
        event_id=_text(folded(message.event_id)),
        equipment=_text(folded(message.equipment)),
        at=at,
        kind=message.kind,
        code=_text(message.code.strip()),
        value=value,
        text=_text(message.text or words or message.count_kind)[:500],
        is_doubtful=at > now + _FURTHEST_FUTURE,
    )
    return row if row.event_id else replace(row, event_id=_own_id(row))


def _own_id(row: SignalRow) -> str:
    """Name a signal without id by what it says: said twice, it is one."""
    parts = [row.source, row.equipment, row.at.isoformat(), row.kind, row.code, row.text]
    parts.append("" if row.value is None else format(row.value.normalize(), "f"))
    return f"sha256:{hashlib.sha256(msgspec.json.encode(parts)).hexdigest()}"


def _instant(at: datetime, *, clock: ZoneInfo) -> datetime:
    try:
        return (at if at.tzinfo else at.replace(tzinfo=clock)).astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise _Unfit(code="time_out_of_range", detail="at") from error


def _value(raw: msgspec.Raw) -> tuple[Decimal | None, str]:
    """Return the number, or the words of what is not one."""
    written = bytes(raw)
    if written[:1] in b"{[":
        raise _Unfit(
            code="signal_invalid", detail="value must be a number, a text, true, false or null"
        )
    if written[:1] in b'"tfn':
        found = _decode_value(written)
        if isinstance(found, str):
            return None, found
        return (None, "") if found is None else (Decimal(int(found)), "")
    try:
        number = Decimal(written.decode("ascii"))
    except InvalidOperation as error:
        raise _Unfit(code="signal_invalid", detail="value") from error
    if number.adjusted() > _LARGEST.adjusted() or abs(number) >= _LARGEST:
        raise _Unfit(code="value_out_of_range", detail="value")
    return number.quantize(_GRAIN), ""


def _text(value: str) -> str:
    if "\x00" in value:
        raise _Unfit(code="text_not_storable", detail="a text holds the character U+0000")
    return value
