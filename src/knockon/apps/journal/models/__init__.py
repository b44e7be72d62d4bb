"""Tables of the journal."""

from knockon.apps.journal.models.entries import Entry, Event, HandlerRun
from knockon.apps.journal.models.requests import KeyedRequest
from knockon.apps.journal.models.rows import Fact, Recorded, Versioned
from knockon.apps.journal.models.signals import Signal, SignalKind
from knockon.apps.journal.models.sources import Source
from knockon.apps.journal.models.timers import Timer

__all__ = [
    "Entry",
    "Event",
    "Fact",
    "HandlerRun",
    "KeyedRequest",
    "Recorded",
    "Signal",
    "SignalKind",
    "Source",
    "Timer",
    "Versioned",
]
