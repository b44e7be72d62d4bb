"""Random histories of lots: late, corrected, taken back, by clocks that are off.

A history is told twice, and neither telling knows the other: as the facts that the product is given,
and as the links that really stand, for oracles that know nothing of the product.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from knockon.domain.facts import PlantFacts, Receipt, SourceClock
from tests.engine.material.build import at, event, key, lot, plant, use
from tests.engine.material.oracle import OracleLink

LOTS = 6
SOURCES = ("GW1", "GW2", "ERP")
EVER = 10**9
_DAY_MIN = 24 * 60
_A_DAY_IS_WIDER_THAN_MIN = 120
_KINDS = ("consume", "consume", "consume", "split", "merge", "relabel")


@dataclass(frozen=True)
class Happening:
    """Material of one lot went into another; ``start`` None: nobody noted when, minutes."""

    number: int
    kind: str
    source: int
    target: int
    start: int | None
    width: int
    teller: str

    @property
    def event_id(self) -> str:
        return f"E{self.number}"


@dataclass(frozen=True)
class Change:
    """A later word on a happening or on another change: it was not so, or it was another lot."""

    number: int
    on: int
    source: int | None

    @property
    def is_reversal(self) -> bool:
        return self.source is None


@dataclass(frozen=True)
class Cleaning:
    """A vessel was cleaned."""

    vessel: int
    start: int
    width: int
    teller: str


@dataclass(frozen=True)
class History:
    """What happened, what was said of it later, and how far the tellers' clocks are off, minutes."""

    happenings: tuple[Happening, ...]
    changes: tuple[Change, ...]
    default_doubt: int
    doubts: dict[str, int]
    cleanings: tuple[Cleaning, ...] = ()

    def doubt_of(self, teller: str) -> int:
        return max(self.default_doubt, self.doubts.get(teller, 0))


@st.composite
def histories(draw, *, most: int = 9) -> History:
    happenings = []
    for number in range(draw(st.integers(1, most))):
        source, target = draw(st.permutations(range(LOTS)))[:2]
        kind = draw(st.sampled_from(_KINDS))
        start = draw(st.one_of(st.integers(0, 400), st.sampled_from([0, 60, 60, 120])))
        unknown = kind == "consume" and draw(st.integers(0, 9)) == 0
        happenings.append(
            Happening(
                number=number,
                kind=kind,
                source=source,
                target=target,
                start=None if unknown else start,
                width=draw(st.sampled_from([0, 0, 0, 20, _DAY_MIN])),
                teller=draw(st.sampled_from(SOURCES)),
            )
        )
    changes: list[Change] = []
    for number in range(len(happenings), len(happenings) + draw(st.integers(0, 3))):
        on = draw(st.integers(0, number - 1))
        free = [each for each in range(LOTS) if each != _target(happenings, changes, on)]
        source = draw(st.one_of(st.none(), st.sampled_from(free)))
        changes.append(Change(number=number, on=on, source=source))
    doubts = {teller: draw(st.sampled_from([0, 0, 5, 60])) for teller in SOURCES}
    return History(
        happenings=tuple(happenings),
        changes=tuple(changes),
        default_doubt=draw(st.sampled_from([0, 0, 10])),
        doubts=doubts,
    )


def _target(happenings: Sequence[Happening], changes: Sequence[Change], number: int) -> int:
    while number >= len(happenings):
        number = changes[number - len(happenings)].on
    return happenings[number].target


@st.composite
def cleaned_histories(draw) -> History:
    """Histories in which some lots are vessels that are cleaned now and then."""
    history = draw(histories(most=7))
    cleanings = [
        Cleaning(
            vessel=draw(st.integers(0, LOTS - 1)),
            start=draw(st.integers(0, 400)),
            width=draw(st.sampled_from([0, 0, 20])),
            teller=draw(st.sampled_from(SOURCES)),
        )
        for _ in range(draw(st.integers(1, 3)))
    ]
    return replace(history, cleanings=tuple(cleanings))


def fillings_of(history: History, lot_number: int) -> int:
    """Return how many fillings a vessel has had; one, if it was never cleaned."""
    return 1 + sum(each.vessel == lot_number for each in history.cleanings)


def filled_links_of(history: History) -> list[OracleLink]:
    """Return the links between fillings; a vessel's ``n``-th is numbered ``lot + n * LOTS``.

    A link belongs to every filling that some order of the doubtful times puts it in.
    """
    return [
        link._replace(
            source=link.source + LOTS * source,
            target=link.target + LOTS * target,
            link_class=2 if len(sources) * len(targets) > 1 else link.link_class,
        )
        for link in links_of(history)
        for sources in [_can_be_in(history, link.source, link)]
        for targets in [_can_be_in(history, link.target, link)]
        for source in sources
        for target in targets
    ]


def _can_be_in(history: History, vessel: int, link: OracleLink) -> range:
    surely, possibly = 0, 0
    for each in history.cleanings:
        if each.vessel == vessel:
            doubt = history.doubt_of(each.teller)
            surely += each.start + each.width + doubt <= link.earliest
            possibly += each.start - doubt < link.latest
    return range(min(surely, possibly), max(surely, possibly) + 1)


def links_of(history: History) -> list[OracleLink]:
    """Return what stands in the end, each word on a word followed; no fact of ours is read."""
    found = []
    for one in history.happenings:
        if not _stands(history, one.number):
            continue
        source = one.source
        newest: Change | None = None
        on = one.number
        while live := [
            change
            for change in history.changes
            if change.on == on and not change.is_reversal and _stands(history, change.number)
        ]:
            newest = live[-1]
            on = newest.number
        if newest is not None and newest.source is not None:
            source = newest.source
        if source == one.target:
            continue
        # What nobody noted, no clock stamped.
        doubt = 0 if one.start is None else history.doubt_of(one.teller)
        whole_day = one.width > _A_DAY_IS_WIDER_THAN_MIN
        start, end = (-EVER, EVER) if one.start is None else (one.start, one.start + one.width)
        found.append(
            OracleLink(
                source=source,
                target=one.target,
                earliest=start - doubt,
                latest=end + doubt,
                link_class=0,
                spread=whole_day or one.start is None,
            )
        )
    return found


def _stands(history: History, number: int) -> bool:
    return not any(
        change.on == number and change.is_reversal and _stands(history, change.number)
        for change in history.changes
    )


def name(number: int) -> str:
    """Return the lot's name; each is of an item of its own, so that nothing is guessed."""
    return f"I{number}:1"


def facts_of(history: History, *, order: Sequence[int] | None = None) -> PlantFacts:
    """Return the facts that a plant would have sent, in the order in which they came in."""
    consumption, events = [], []
    arrivals = order or range(len(history.happenings) + len(history.changes))
    for number in arrivals:
        if number < len(history.happenings):
            row = _fact(history.happenings[number])
        else:
            row = _later_word(history, history.changes[number - len(history.happenings)])
        (consumption if hasattr(row, "input") else events).append(row)
    return plant(
        doubt_s=history.default_doubt * 60,
        lots=[lot(name(number)) for number in range(LOTS)],
        # Received long ago: none of them comes from nowhere.
        receipts=[_received(number) for number in range(LOTS)],
        consumption=consumption,
        lot_events=[*events, *map(_cleaned, history.cleanings)],
        clocks=[
            SourceClock(
                plant="P", source=teller, equipment=None, offset_s=0, doubt_s=60 * off, samples=9
            )
            for teller, off in history.doubts.items()
        ],
    )


def _fact(one: Happening):
    source, target = name(one.source), name(one.target)
    if one.kind == "consume":
        moment = None
        if one.start is not None:
            moment = at(one.start / 60, until=(one.start + one.width) / 60)
        return use(source, target, moment, event_id=one.event_id, source=one.teller)
    moment = at(one.start / 60, until=(one.start + one.width) / 60)
    return event(one.kind, source, target, 0, at=moment, event_id=one.event_id, source=one.teller)


def _cleaned(one: Cleaning):
    moment = at(one.start / 60, until=(one.start + one.width) / 60)
    return event("clean", name(one.vessel), None, 0, at=moment, event_id="", source=one.teller)


def _later_word(history: History, change: Change):
    """Return a reversal or a correction; each was said later than the one before it."""
    kind = "reverse" if change.is_reversal else "correct"
    named = 0 if change.source is None else change.source
    return event(
        kind,
        name(named),
        None,
        1000 + change.number,
        event_id=f"E{change.number}",
        corrects=f"E{change.on}",
    )


def _received(number: int) -> Receipt:
    lot_key = key(name(number))
    return Receipt(
        plant="P",
        po=None,
        line=None,
        item=lot_key.item,
        lot=lot_key,
        received=100,
        accepted=None,
        rejected=None,
        received_at=at(-10_000),
    )
