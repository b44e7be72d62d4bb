"""The trade's words: headers as they are compared, and what they may mean."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from knockon.adapters.connectors.tabular.characters import SIMPLIFIED
from knockon.adapters.connectors.tabular.stems import stem
from knockon.domain.contract import TABLES

_NOISE = re.compile(r"[\W_]+")
_BRACKETED = re.compile("[(\\[【\u3014][^)\\]】\u3015]*[)\\]】\u3015]")


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """Return a header without what differs between systems: width, case, blanks, signs, script.

    Traditional characters become simplified ones, so that ``製令單號`` and ``制令单号`` are one.
    """
    wide = unicodedata.normalize("NFKC", text).casefold()
    return _NOISE.sub("", wide).translate(SIMPLIFIED)


@lru_cache(maxsize=20_000)
def without_brackets(text: str) -> str:
    """Return the plain header without bracketed remarks, as ``數量(PCS)`` and ``數量``."""
    return plain(_BRACKETED.sub("", unicodedata.normalize("NFKC", text)))


@cache
def meanings() -> Mapping[str, tuple[tuple[str, str, float], ...]]:
    """Return plain header → the (table, column, weight) it may mean; earlier aliases weigh more."""
    found: dict[str, dict[tuple[str, str], float]] = {}
    for spec in TABLES.values():
        for column in spec.fields:
            place = (spec.name, column.name)
            words = (column.name, *column.aliases)
            for rank, word in enumerate(words):
                weight = 0.9 if rank == 0 else 0.98 - 0.06 * rank / len(words)
                known = found.setdefault(plain(word), {})
                known[place] = max(known.get(place, 0.0), weight)
    return MappingProxyType(
        {
            word: tuple((table, column, weight) for (table, column), weight in places.items())
            for word, places in found.items()
        }
    )


@cache
def stemmed_meanings() -> Mapping[str, tuple[tuple[str, str, float], ...]]:
    """Return stem → the (table, column, weight) that a header of this stem may mean."""
    found: dict[str, dict[tuple[str, str], float]] = {}
    for spec in TABLES.values():
        for column in spec.fields:
            place = (spec.name, column.name)
            for rank, word in enumerate(column.aliases):
                weight = 1.0 - 0.06 * rank / len(column.aliases)
                known = found.setdefault(header_stem(word), {})
                known[place] = max(known.get(place, 0.0), weight)
    return MappingProxyType(
        {
            word: tuple((table, column, weight) for (table, column), weight in places.items())
            for word, places in found.items()
        }
    )


def header_stem(header: str) -> str:
    """Return the stem under which a header is compared, bracketed remarks aside."""
    bare = _BRACKETED.sub("", unicodedata.normalize("NFKC", header))
    return stem(plain(bare) if not bare.isascii() else bare)


@cache
def titles() -> Mapping[str, tuple[str, ...]]:
    """Return plain list title → tables that it names."""
    found: dict[str, list[str]] = {}
    for spec in TABLES.values():
        for title in (spec.name, *spec.titles):
            tables = found.setdefault(plain(title), [])
            if spec.name not in tables:
                tables.append(spec.name)
    return MappingProxyType({word: tuple(tables) for word, tables in found.items()})


def count_known_words(text: str) -> int:
    """Return how many headers of the trade the text holds as whole cells."""
    known = meanings()
    cells = re.split(r"[,\t;|\r\n\"]+", text)
    return sum(1 for cell in set(cells) if not cell.isascii() and plain(cell) in known)
