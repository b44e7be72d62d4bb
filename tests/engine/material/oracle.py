"""What a trace must find, by walking every path one by one: no memory, no states, no order."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class OracleLink(NamedTuple):
    """A link between two entities."""

    source: int
    target: int
    earliest: int
    latest: int
    link_class: int
    spread: bool = False


class OracleSeed(NamedTuple):
    """Where suspicion begins."""

    entity: int
    link_class: int
    earliest: int
    latest: int


def paths_from(
    entity: int, links: Sequence[OracleLink], used: tuple[OracleLink, ...] = ()
) -> Iterator[tuple[OracleLink, ...]]:
    yield used
    for link in links:
        if link.source == entity and link not in used:
            yield from paths_from(link.target, links, (*used, link))


def path_class(seed: OracleSeed, path: Sequence[OracleLink]) -> int | None:
    possible, sure, likely = seed.earliest, True, True
    end = loose_end = seed.latest
    for link in path:
        if link.latest < possible:
            return None
        possible = max(possible, link.earliest)
        sure = sure and link.earliest >= end
        likely = likely and (link.latest if link.spread else link.earliest) >= loose_end
        end = link.latest
        loose_end = max(loose_end, link.earliest) if link.spread else link.latest
    weakest = max([seed.link_class, *(link.link_class for link in path)])
    return max(weakest, 0 if sure else 1 if likely else 2)


def best_classes(
    seeds: Sequence[OracleSeed], links: Sequence[OracleLink]
) -> dict[int, tuple[int, int]]:
    """Class and fewest hops in that class of every entity that can be reached."""
    best: dict[int, tuple[int, int]] = {}
    for seed in seeds:
        for path in paths_from(seed.entity, links):
            found = path_class(seed, path)
            if found is not None:
                entity = path[-1].target if path else seed.entity
                best[entity] = min(best.get(entity, (found, len(path))), (found, len(path)))
    return best
