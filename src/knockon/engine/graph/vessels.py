"""Lots that begin anew: vessels that are cleaned, and lots that evidence freed.

Each filling is a lot of its own to the graph, so that nothing gets over from one to the next.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from knockon.domain.facts import LotEventKind, LotKey
from knockon.domain.links import LinkClass
from knockon.engine.graph.collector import Entity, Link
from knockon.engine.graph.instants import Span
from knockon.engine.graph.register import Register


class Anew(NamedTuple):
    """What of a lot can be suspect by itself, and what of it is there now.

    Parameters
    ----------
    before
        Its first filling that evidence freed of what is wrong with the lot itself.
    last
        The filling that is there now.
    """

    before: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fillings:
    """When lots began anew, oldest first, and what that means for each of them."""

    times: Mapping[LotKey, tuple[Span, ...]] = field(default_factory=dict)
    anew: Mapping[LotKey, Anew] = field(default_factory=dict)


def fillings(register: Register, *, freed: Mapping[LotKey, Span] | None = None) -> Fillings:
    """Return the fillings of cleaned vessels, and of lots that evidence freed at an instant.

    A vessel that is named as suspect is so in every filling; a freed lot is not, from then on.
    """
    freed = freed or {}
    times = dict(cleanings(register))
    for key, when in freed.items():
        times[key] = tuple(sorted((*times.get(key, ()), when)))
    anew = {
        key: Anew(
            before=spans.index(freed[key]) + 1 if key in freed else len(spans) + 1,
            last=len(spans),
        )
        for key, spans in times.items()
    }
    return Fillings(times=times, anew=anew)


def cleanings(register: Register) -> dict[LotKey, tuple[Span, ...]]:
    """Return when each lot's vessel was recorded as cleaned, oldest first."""
    times: dict[LotKey, list[Span]] = defaultdict(list)
    for event in register.standing.lot_events:
        if event.kind is LotEventKind.CLEAN:
            times[event.lot].append(register.span(event.at, plant=event.plant))
    return {key: tuple(sorted(spans)) for key, spans in times.items()}


def apart_by_cleaning(
    links: Iterable[Link], cleaned: Mapping[LotKey, tuple[Span, ...]]
) -> Iterator[Link]:
    """Yield the links between fillings instead of lots; doubtful times link all they can mean."""
    for link in links:
        sources = _fillings(link.source, link.when, cleaned)
        targets = _fillings(link.target, link.when, cleaned)
        doubtful = len(sources) + len(targets) > 2
        for source in sources:
            for target in targets:
                yield replace(
                    link,
                    source=source,
                    target=target,
                    link_class=LinkClass.POSSIBLE if doubtful else link.link_class,
                )


def _fillings(
    entity: Entity, when: Span, cleaned: Mapping[LotKey, tuple[Span, ...]]
) -> tuple[Entity, ...]:
    """Return the fillings of the lot that the link can belong to."""
    if not isinstance(entity.key, LotKey) or entity.key not in cleaned:
        return (entity,)
    spans = cleaned[entity.key]
    first = sum(span.latest <= when.earliest for span in spans)
    last = sum(span.earliest < when.latest for span in spans)
    return tuple(
        Entity(entity.kind, entity.key, part)
        for part in range(min(first, last), max(first, last) + 1)
    )
