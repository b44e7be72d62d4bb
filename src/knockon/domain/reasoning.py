"""Why one order line is hit by a disruption, or why it is not."""

from dataclasses import dataclass

from knockon.domain.facts.keys import OrderLineKey
from knockon.domain.impact import OrderImpact
from knockon.domain.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoning:
    """The answer to "why?" and "why not?" for one order line.

    Parameters
    ----------
    row
        The line's row of the impact; None when it is not hit.
    checks
        What was looked at and what was found, in the order in which one would ask.
    """

    order_line: OrderLineKey
    row: OrderImpact | None
    checks: tuple[Reason, ...]

    @property
    def is_hit(self) -> bool:
        """Whether the disruption hits the line."""
        return self.row is not None
