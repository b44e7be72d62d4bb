"""What a newer answer says differently from an older one."""

from knockon.domain.impact import Impact
from knockon.domain.impact_difference import ImpactDifference, difference_of
from knockon.domain.impact_document import render


def difference(old: Impact, new: Impact) -> ImpactDifference:
    """Return the rows that came, went and changed between two answers about one disruption.

    Notes
    -----
    Compared as their documents show them: what no reader can tell apart is no difference.
    """
    return difference_of(render(old, elapsed_ms=0), render(new, elapsed_ms=0))
