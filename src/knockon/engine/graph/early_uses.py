"""Material that was taken before it was there by the books: stock below zero."""

from collections.abc import Iterator

from knockon.domain.facts import LotKey
from knockon.domain.impact import Gap
from knockon.engine.graph.naming import lot_text
from knockon.engine.graph.register import Register
from knockon.engine.graph.states import FOREVER


def early_uses(register: Register) -> Iterator[tuple[LotKey, Gap]]:
    """Yield what was taken of received lots for certain before any of it was received.

    The use is a fact and is followed like any other; what is doubtful is which time is wrong.
    """
    received: dict[LotKey, int] = {}
    for row in register.facts.receipts:
        when = register.span(row.received_at, plant=row.plant)
        received[row.lot] = min(when.earliest, received.get(row.lot, FOREVER))
    for use in register.standing.consumption if received else ():
        arrival = received.get(use.input)
        if arrival is None or use.at is None:
            continue
        if register.span(use.at, plant=use.plant).latest < arrival:
            where = lot_text(use.input)
            yield use.input, Gap(code="used_before_receipt", where=where, qty=use.qty)
