"""Carrying out handlers, so that one that fails harms nobody else."""

import logging
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime

from knockon import wiring
from knockon.apps.journal.services.handling import (
    Claim,
    carry_out,
    claim_run,
    note_failure,
    plan_runs,
)
from knockon.domain.errors import KnockonError
from knockon.domain.events import Event

logger = logging.getLogger(__name__)


class HandlerUnknown(KnockonError):
    """A stored run names a handler that this version does not have."""

    code = "handler_unknown"

    def __init__(self, *, handler: str) -> None:
        super().__init__(handler=handler)


def dispatch_entry(position: int) -> None:
    """Carry out every handler of every event of an entry, in order, each in its own transaction."""
    for run_id in plan_runs(position, handlers=wiring.names_by_event(), now=_now()):
        perform(run_id)


def perform(run_id: int) -> None:
    """Carry out one run unless somebody else has it; a failure is noted, logged and kept here."""
    claim = claim_run(run_id, now=_now())
    if claim is None:
        return
    try:
        _carry_out(claim, wiring.handlers_by_name())
    except Exception as error:
        retry_at = note_failure(claim, error=_words_of(error), now=_now())
        logger.exception(
            "Handler %s failed on run %s, attempt %s; next attempt %s.",
            claim.handler,
            claim.run_id,
            claim.attempt,
            retry_at or "never: it is put aside for a person to look at",
        )


def _carry_out(claim: Claim, handlers: Mapping[str, wiring.Handler]) -> None:
    handler = handlers.get(claim.handler)
    if handler is None:
        raise HandlerUnknown(handler=claim.handler)
    now = _now()

    def call(event: Event) -> None:
        handler(event, now=now)

    carry_out(claim, handler=call, now=now)


def _words_of(error: BaseException) -> str:
    return "".join(traceback.format_exception(error, limit=-8))


def _now() -> datetime:
    return datetime.now(UTC)
