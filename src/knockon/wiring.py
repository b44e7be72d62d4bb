"""The map: which event wakes whom, in the order of the data's way.

Nothing else connects one stage with the next. A handler is given the event and the time, opens its
own recording, and is idempotent: the outbox delivers at least once.
"""

from collections.abc import Callable, Mapping
from typing import Any

from knockon.apps.disruptions.services import assessment, detection, reopening
from knockon.apps.response.services import queueing, telling
from knockon.domain.events import (
    DisruptionOpened,
    DisruptionRevised,
    Event,
    FactsImported,
    ImpactAssessed,
    MessagesQueued,
    SignalsReceived,
)

Handler = Callable[..., None]
"""Called as ``handler(event, now=now)``; each takes its own type of event."""

HANDLERS: tuple[tuple[type[Event], tuple[Handler, ...]], ...] = (
    (SignalsReceived, (detection.on_signals,)),
    (FactsImported, (detection.on_facts, assessment.on_facts, reopening.on_facts)),
    (DisruptionOpened, (assessment.on_opened,)),
    (DisruptionRevised, (assessment.on_opened,)),
    (ImpactAssessed, (telling.on_assessed,)),
    (MessagesQueued, (queueing.on_queued,)),
)


def handler_name(handler: Handler) -> str:
    """Return the name under which a handler's runs are stored."""
    module: Any = handler.__module__
    return f"{module.removeprefix('knockon.apps.')}.{handler.__qualname__}"


def names_by_event() -> Mapping[str, tuple[str, ...]]:
    """Return the names of each event's handlers, by the event's name."""
    return {
        event.__name__: tuple(handler_name(handler) for handler in handlers)
        for event, handlers in HANDLERS
    }


def handlers_by_name() -> Mapping[str, Handler]:
    """Return every handler by its name."""
    return {handler_name(handler): handler for _, handlers in HANDLERS for handler in handlers}


def handlers_of(event: type[Event]) -> tuple[Handler, ...]:
    """Return the handlers of one type of event."""
    return next((handlers for listened, handlers in HANDLERS if listened is event), ())
