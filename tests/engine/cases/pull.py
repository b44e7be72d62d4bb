"""A second oracle: every lot asks again and again who gave it something, until nothing changes.

There is no index, no path and no class of a path: for each way of trusting the records, a lot knows
only by when it was hit.
"""

from collections.abc import Mapping, Sequence

from tests.engine.material.oracle import OracleLink, OracleSeed

NEVER = 10**12


def pulled_classes(seeds: Sequence[OracleSeed], links: Sequence[OracleLink]) -> dict[int, int]:
    """Return the best class of every lot that can hold material of a seed."""
    hit = [_hit_by(seeds, links, level) for level in range(3)]
    everything = {*hit[0], *hit[1], *hit[2]}
    return {
        lot: next(level for level in range(3) if lot in hit[level]) for lot in sorted(everything)
    }


def _hit_by(
    seeds: Sequence[OracleSeed], links: Sequence[OracleLink], level: int
) -> Mapping[int, int]:
    """Return by when each lot was hit, if links of this class or better are believed."""
    since: dict[int, int] = {}
    for seed in seeds:
        if seed.link_class <= level:
            begun = seed.earliest if level == 2 else seed.latest
            since[seed.entity] = min(begun, since.get(seed.entity, NEVER))
    changed = True
    while changed:
        changed = False
        for link in links:
            reached = _over(link, since.get(link.source, NEVER), level)
            if reached < since.get(link.target, NEVER):
                since[link.target] = reached
                changed = True
    return since


def _over(link: OracleLink, since: int, level: int) -> int:
    """Return by when the link has passed a hit on; never, if it cannot be believed to."""
    if link.link_class > level or since == NEVER:
        return NEVER
    whenever = level == 2 or (level == 1 and link.spread)
    if whenever:
        return max(since, link.earliest) if link.latest >= since else NEVER
    return link.latest if link.earliest >= since else NEVER
