"""Material that was taken before it was there by the books: stock below zero."""

from collections.abc import Iterator
from datetime import datetime

from knockon.domain.facts import LotKey, Receipt
from knockon.domain.impact import Gap
from knockon.engine.graph.naming import lot_text
from knockon.engine.graph.register import Register


def early_uses(register: Register) -> Iterator[tuple[LotKey, Gap]]:
    """Yield what was taken of received lots for certain before any of it was received.

    The use is a fact and is followed like any other; what is doubtful is which time is wrong.
    """
    first = _first_receipts(register)
    for use in register.standing.consumption if first else ():
        known = first.get(use.input)
        # Most uses are later, whatever the clocks: only the others are looked at closely.
        if known is None or use.at is None or use.at.latest >= known[0]:
            continue
        arrival = register.span(known[1].received_at, plant=known[1].plant)
        if register.span(use.at, plant=use.plant).latest < arrival.earliest:
            where = lot_text(use.input)
            yield use.input, Gap(code="used_before_receipt", where=where, qty=use.qty)


def _first_receipts(register: Register) -> dict[LotKey, tuple[datetime, Receipt]]:
    """Return each lot's first receipt; lots with one at an unknown time are left out."""
    first: dict[LotKey, tuple[datetime, Receipt]] = {}
    unknown = {row.lot for row in register.facts.receipts if row.received_at is None}
    for row in register.facts.receipts:
        if row.received_at is None or row.lot in unknown:
            continue
        at = row.received_at.earliest
        if row.lot not in first or at < first[row.lot][0]:
            first[row.lot] = (at, row)
    return first
