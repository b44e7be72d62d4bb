"""Every broken trace link of a plant, whatever case may need it."""

from functools import lru_cache

from knockon.apps.disruptions.answers.pictures import lot_graph, picture
from knockon.apps.journal.selectors import chain_at
from knockon.apps.production.snapshot import facts_position, latest_snapshot
from knockon.domain.access import Right, Viewer
from knockon.domain.broken_links import BrokenLink
from knockon.domain.facts import SnapshotId
from knockon.engine.impact.broken_links import list_broken_links


def broken_links(plant: str, *, viewer: Viewer) -> tuple[BrokenLink, ...]:
    """Return the broken trace links of a plant as known now, those that hide most first.

    Raises
    ------
    NotAllowed
        The viewer may not see lots of this plant.
    """
    viewer.require(Right.VIEW_LOTS, plant=plant)
    snapshot = latest_snapshot([plant])
    position = facts_position(snapshot.position)
    return _listed(plant, position, snapshot.schedules, chain_at(position))


@lru_cache(maxsize=4)
def _listed(
    plant: str, position: int, schedules: tuple[tuple[str, int], ...], chain: str
) -> tuple[BrokenLink, ...]:
    """Return the list at a position; the chain tells a position from that of another history."""
    del chain
    snapshot = SnapshotId(position=position, schedules=schedules)
    return list_broken_links(picture((plant,), snapshot), graph=lot_graph((plant,), snapshot))
