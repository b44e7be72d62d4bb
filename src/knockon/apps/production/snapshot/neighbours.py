"""Which plants send each other material."""

from collections import defaultdict
from typing import Any

from django.db.models import Q

from knockon.apps.production.models import Transfer


def connected_plants(plant: str, *, position: int) -> tuple[str, ...]:
    """Return the plant and all that material can have come from or gone to, by code.

    By the transfers known at a journal position, in either direction and over any number of steps.
    """
    rows = Transfer.objects.filter(
        Q(retired=None) | Q(retired_id__gt=position), recorded_id__lte=position
    )
    neighbours: dict[str, set[str]] = defaultdict(set)
    pairs: Any = rows.values_list("site_id", "to_site_id").order_by().distinct()
    for one, other in pairs:
        neighbours[one].add(other)
        neighbours[other].add(one)
    found = {plant}
    frontier = [plant]
    for here in frontier:
        fresh = neighbours[here] - found
        found |= fresh
        frontier.extend(sorted(fresh))
    return tuple(sorted(found))
