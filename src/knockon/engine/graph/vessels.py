"""Lots of vessels that are emptied and cleaned: each filling is a lot of its own to the graph."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from knockon.domain.facts import LotEventKind, LotKey
from knockon.domain.links import LinkClass
from knockon.engine.graph.collector import Entity, Link
from knockon.engine.graph.instants import Span
from knockon.engine.graph.register import Register


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
