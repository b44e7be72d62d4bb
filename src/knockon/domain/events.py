"""What happened, in the past tense: ids, times and codes, never models.

Every event is a frozen dataclass of JSON values; its class name is its name on the wire.
"""

from dataclasses import asdict, dataclass
from typing import ClassVar

from knockon.domain.errors import KnockonError


class UnknownEvent(KnockonError):
    """A stored event's name is not one of ours; a newer version may have written it."""

    code = "unknown_event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The root of all events."""

    registry: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls) -> None:
        """Register the event by its class name."""
        Event.registry[cls.__name__] = cls

    def payload(self) -> dict[str, object]:
        """Return the event's fields as JSON values."""
        return asdict(self)


def event_from(name: str, payload: dict[str, object]) -> Event:
    """Return the event that was stored under this name.

    Raises
    ------
    UnknownEvent
        The name or the fields are not those of an event of this version.
    """
    try:
        return Event.registry[name](**payload)
    except (KeyError, TypeError) as error:
        raise UnknownEvent(name=name) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalsReceived(Event):
    """Signals were accepted; ``up_to`` is the highest inbox id of the batch."""

    up_to: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineChanged(Event):
    """A machine does something else than before."""

    plant: str
    equipment: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsImported(Event):
    """Rows of one run became facts, master data or plans."""

    plant: str
    position: int
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisruptionOpened(Event):
    """A disruption was opened."""

    disruption_id: int
    plant: str
    kind: str
    severity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisruptionRevised(Event):
    """What is known of a disruption changed, so its impact must be asked again."""

    disruption_id: int
    plant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisruptionMoved(Event):
    """A disruption's state changed."""

    disruption_id: int
    plant: str
    state: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactAssessed(Event):
    """An impact was stored; ``is_first`` tells the first answer from a changed one.

    Of a changed one only the difference is news: ``orders_added`` and so on count its order lines,
    and the stored answer holds its rows.
    """

    disruption_id: int
    impact_id: int
    plant: str
    orders: int
    customers: int
    is_first: bool
    is_changed: bool
    orders_added: int = 0
    orders_removed: int = 0
    orders_changed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesQueued(Event):
    """Messages wait to be sent."""

    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired(Event):
    """The time of something that was waited for has come."""

    timer_id: int
    name: str
    subject: str
