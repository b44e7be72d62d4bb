"""Find the lot and item numbers that a pasted text names; no other sense is made of it."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from knockon.domain.notice import KnownLot, NoticeNumber, NoticeReading

LONGEST_NAME: Final = 80
"""Keys are no longer (the tables' columns)."""
_JOINERS: Final = "-_."
_SHORT: Final = 5
"""Digits alone that are fewer may as well be a quantity."""
_LEAST: Final = 4
"""Characters of an unknown number: what is shorter is a word or an amount."""
_TOKEN: Final = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z._/#-]*[0-9A-Za-z])?")
_DATE: Final = re.compile(r"(?:\d{4}|\d{2,3})[-/.]\d{1,2}(?:[-/.]\d{1,4})?")
_LOT_WORD: Final = re.compile(
    r"(?:lots?|batch(?:es)?|l/n|b/n|批號|批号|批次|批)\s*(?:no|number|nr|編號|编号|號|号)?[\s.:#=]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A known name in the text, from ``start`` to ``end``."""

    start: int
    end: int
    name: str
    is_part: bool
    """Whether it may be only a part of a longer number."""


def folded_text(text: str) -> str:
    """Return the text as keys are compared: NFKC."""
    return unicodedata.normalize("NFKC", text)


def names_in(text: str) -> frozenset[str]:
    """Return every piece of a text that can be a key, to look up which ones are.

    Notes
    -----
    O(characters x ``LONGEST_NAME``): pieces begin and end where a run of letters and digits does.
    """
    text = folded_text(text)
    ends = [place for place in range(1, len(text) + 1) if _is_edge(text, place)]
    found: set[str] = set()
    first = 0
    for start in _starts(text):
        while first < len(ends) and ends[first] <= start:
            first += 1
        for end in ends[first:]:
            if end - start > LONGEST_NAME:
                break
            if not text[end - 1].isspace():
                found.add(text[start:end])
            elif text[end - 1] in "\r\n\t":
                break
    return frozenset(found)


def read_notice(text: str, *, lots: Iterable[KnownLot], items: Collection[str]) -> NoticeReading:
    """Return which lots and items a text names.

    Parameters
    ----------
    lots
        The lots that may be meant.
    items
        The item numbers that may be meant.

    Notes
    -----
    The longest name counts where several begin. A number means every lot that bears it, if they
    are of one item and supplier; items that the text names settle which, else a person is asked.
    So they are where the number may be a part of a longer one, a quantity, or of our own making.
    """
    text = folded_text(text)
    by_number = _by_number(lots)
    known = list(_known_names(text, {*by_number, *items}))
    named_items = tuple(dict.fromkeys(each.name for each in known if each.name in items))
    numbers: dict[str, NoticeNumber] = {}
    for each in known:
        if each.name in by_number:
            former = numbers.get(each.name)
            number = _number(each, by_number[each.name], items=frozenset(named_items))
            if former is None or (number.is_sure and not former.is_sure):
                numbers[each.name] = number
    return NoticeReading(
        numbers=tuple(numbers.values()),
        items=named_items,
        unknown=tuple(dict.fromkeys(_unknown(text, known))),
    )


def _by_number(lots: Iterable[KnownLot]) -> dict[str, list[KnownLot]]:
    numbers: dict[str, list[KnownLot]] = {}
    for lot in sorted(lots, key=lambda lot: (lot.key, lot.plant)):
        for number in {folded_text(lot.key.lot).strip(), folded_text(lot.supplier_lot).strip()}:
            if number:
                numbers.setdefault(number, []).append(lot)
    return numbers


def _number(found: _Found, lots: list[KnownLot], *, items: frozenset[str]) -> NoticeNumber:
    of_items = [lot for lot in lots if lot.key.item in items]
    meant = of_items or lots
    # The supplier's own number means what bears it; another lot's number of ours may be chance.
    by_supplier = [lot for lot in meant if folded_text(lot.supplier_lot).strip() == found.name]
    meant = by_supplier or meant
    kinds = {(lot.supplier or lot.key.issuer, lot.key.item) for lot in meant}
    is_amount = found.name.isdigit() and len(found.name) < _SHORT
    is_sure = (
        len(kinds) == 1
        and all(lot.is_received for lot in meant)
        and not found.is_part
        and not is_amount
    )
    return NoticeNumber(
        number=found.name, lots=tuple(meant if is_sure else of_items or lots), is_sure=is_sure
    )


def _known_names(text: str, names: Collection[str]) -> Iterator[_Found]:
    """Yield the names that stand in the text, the longest where several begin."""
    longest = max(map(len, names), default=0)
    done = 0
    for start in _starts(text):
        if start < done:
            continue
        for end in range(min(len(text), start + longest), start, -1):
            if _is_edge(text, end) and text[start:end] in names:
                yield _Found(
                    start=start,
                    end=end,
                    name=text[start:end],
                    is_part=_is_joined(text, start, end),
                )
                done = end
                break


def _starts(text: str) -> Iterator[int]:
    return (
        place for place in range(len(text)) if not text[place].isspace() and _is_edge(text, place)
    )


def _is_edge(text: str, place: int) -> bool:
    """Return whether a name may begin or end here: never within letters and digits."""
    if place in (0, len(text)):
        return True
    return not (_is_sign(text[place - 1]) and _is_sign(text[place]))


def _is_sign(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _is_joined(text: str, start: int, end: int) -> bool:
    before = start >= 2 and text[start - 1] in _JOINERS and _is_sign(text[start - 2])
    after = end + 1 < len(text) and text[end] in _JOINERS and _is_sign(text[end + 1])
    return before or after


def _unknown(text: str, known: list[_Found]) -> Iterator[str]:
    """Yield what looks like a lot number and is none of ours.

    It stands behind a word for lot, or looks like a number that was found, or, where nothing was
    found, has letters and digits.
    """
    shapes = {_shape(each.name) for each in known}
    taken = [(each.start, each.end) for each in known if not each.is_part]
    for token in _TOKEN.finditer(text):
        name = token.group()
        if any(start < token.end() and token.start() < end for start, end in taken):
            continue
        if len(name) < _LEAST or not any(character.isdigit() for character in name):
            continue
        around = text[max(0, token.start() - 1) : token.start()] + text[token.end() :][:1]
        if _DATE.fullmatch(name) or "@" in around:
            continue
        is_named = _LOT_WORD.search(text[max(0, token.start() - 24) : token.start()]) is not None
        is_mixed = any(character.isalpha() for character in name)
        if is_named or _shape(name) in shapes or (not shapes and is_mixed):
            yield name


def _shape(name: str) -> str:
    """Return how a number is built: runs of letters and digits, and what joins them."""
    signs = ("9" if sign.isdigit() else "A" if sign.isalpha() else sign for sign in name)
    return re.sub(r"(.)\1+", r"\1", "".join(signs))
