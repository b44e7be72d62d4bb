"""Which contract column each header means, and which table the whole list is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import pow as power
from math import sqrt

from knockon.adapters.connectors.tabular.evidence import Profile, fits
from knockon.adapters.connectors.tabular.lexicon import (
    header_stem,
    meanings,
    plain,
    stemmed_meanings,
    titles,
    without_brackets,
)
from knockon.adapters.connectors.tabular.value_words import value_map_for
from knockon.domain.contract import TABLES, ColumnType, TableSpec

GOOD_ENOUGH = 0.5
_TITLE_BONUS = 3.0
_PART_TITLE_BONUS = 1.6
_MISSING_COST = 0.9
_NOISE = 0.05
_OWN_HEADER = 0.75
_STEM_WEIGHT = 0.88
# Columns that we can count ourselves when a list prints none.
COUNTABLE = {
    ("sales_orders", "line"),
    ("purchase_orders", "line"),
    ("operations", "seq"),
    ("work_reports", "seq"),
    ("routings", "seq"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A header taken for a contract column."""

    profile: Profile
    table: str
    field: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMatch:
    """A list taken for a table: its columns, how well they fit, what is missing."""

    table: str
    score: float
    matches: tuple[Match, ...]
    missing: tuple[str, ...]

    def field_of(self, profile: Profile) -> Match | None:
        """Return what the column was taken for."""
        return next((match for match in self.matches if match.profile is profile), None)


Candidates = Mapping[int, Mapping[tuple[str, str], float]]
"""Column → (table, contract column) → confidence."""


def candidates(profiles: Sequence[Profile]) -> Candidates:
    """Return what each header may mean, its cells taken into account."""
    found: dict[int, dict[tuple[str, str], float]] = {}
    for profile in profiles:
        scores: dict[tuple[str, str], float] = {}
        for (table, name), named in header_scores(profile.header).items():
            suits = fits(profile, TABLES[table].by_name[name]) * _value_fit(profile, table, name)
            # Under the contract's own header a strange cell is a bad cell, not another column.
            score = named * (max(suits, _OWN_HEADER) if profile.header == name else suits)
            if score > _NOISE:
                scores[table, name] = score
        found[profile.column] = scores
    return found


@lru_cache(maxsize=5_000)
def header_scores(header: str) -> Mapping[tuple[str, str], float]:
    """Return how well a header's text names each contract column.

    The whole text counts most, then the text without bracketed remarks, then either half of a
    two-row header, then the longest known header that it holds or is part of.
    """
    scores: dict[tuple[str, str], float] = {}
    for text, weight in _readings(header):
        for table, column, rank in meanings().get(text, ()):
            place = (table, column)
            scores[place] = max(scores.get(place, 0.0), weight * rank)
    for table, column, rank in stemmed_meanings().get(header_stem(header), ()):
        place = (table, column)
        scores[place] = max(scores.get(place, 0.0), _STEM_WEIGHT * rank)
    for table, column in _canonical(header):
        scores[table, column] = 1.0
    for place, score in _partial_scores(without_brackets(header)).items():
        scores[place] = max(scores.get(place, 0.0), score)
    return scores


def _readings(header: str) -> list[tuple[str, float]]:
    """Return the texts that a header may be looked up by, and how much each counts."""
    readings = [
        (plain(header), 1.0),
        (without_brackets(header), 0.95),
        (plain(header).replace("单别", ""), 0.93),
    ]
    upper, _, lower = header.partition(" ")
    if lower and not header.isascii():
        # A second row says more than the group above it, which counts where it alone is known.
        readings += [(plain(lower + upper), 0.95), (plain(lower), 0.8)]
        if plain(lower) not in meanings():
            readings.append((plain(upper), 0.6))
    return readings


@lru_cache(maxsize=5_000)
def _canonical(header: str) -> tuple[tuple[str, str], ...]:
    """Return the contract columns of exactly that name: ``order`` is ours, ``Order`` may be not."""
    return tuple((spec.name, header) for spec in TABLES.values() if header.strip() in spec.by_name)


def best_table(
    found: Candidates, profiles: Sequence[Profile], *, hints: Mapping[str, float]
) -> list[TableMatch]:
    """Return every table that the list may be, best first."""
    matches = [
        match_table(spec, found, profiles, bonus=hints.get(spec.name, 0.0))
        for spec in TABLES.values()
    ]
    ranked = sorted(matches, key=lambda match: (-match.score, match.table))
    return [match for match in ranked if len(match.matches) >= 2 and match.score > 0]


def match_table(
    spec: TableSpec,
    found: Candidates,
    profiles: Sequence[Profile],
    *,
    bonus: float = 0.0,
    taken: frozenset[int] = frozenset(),
) -> TableMatch:
    """Give each contract column of the table its best header, each header used once."""
    pairs = sorted(
        (
            (score, -profile.column, name, profile)
            for profile in profiles
            if profile.column not in taken
            for (table, name), score in found[profile.column].items()
            if table == spec.name and score >= GOOD_ENOUGH
        ),
        key=lambda pair: (-pair[0], -pair[1], pair[2]),
    )
    fields: dict[str, Match] = {}
    used: set[int] = set()
    for score, _, name, profile in pairs:
        if name in fields or profile.column in used:
            continue
        fields[name] = Match(profile=profile, table=spec.name, field=name, confidence=score)
        used.add(profile.column)
    missing = _missing(spec, fields)
    gained = sum(match.confidence * _weight(spec, match) for match in fields.values())
    return TableMatch(
        table=spec.name,
        score=gained + bonus - _MISSING_COST * len(missing),
        matches=tuple(fields.values()),
        missing=missing,
    )


def title_hints(texts: Sequence[str]) -> dict[str, float]:
    """Return the bonus of each table that a file name, sheet name or title line names."""
    hints: dict[str, float] = {}
    for text in texts:
        sought = plain(text)
        if not sought:
            continue
        for word, tables in titles().items():
            bonus = _title_bonus(word, sought)
            for table in tables if bonus else ():
                hints[table] = max(hints.get(table, 0.0), bonus / sqrt(len(tables)))
    return hints


def _title_bonus(word: str, sought: str) -> float:
    if word == sought:
        return _TITLE_BONUS
    shortest = 4 if word.isascii() else 2
    if len(word) >= shortest and word in sought:
        return _PART_TITLE_BONUS * (0.6 + 0.4 * len(word) / len(sought))
    return 0.0


def _missing(spec: TableSpec, fields: Mapping[str, Match]) -> tuple[str, ...]:
    absent = [
        name for name in spec.required if name not in fields and (spec.name, name) not in COUNTABLE
    ]
    absent += [
        "|".join(group) for group in spec.either if not any(name in fields for name in group)
    ]
    return tuple(absent)


def _weight(spec: TableSpec, match: Match) -> float:
    """Return how much a matched column says of the table: rare and required ones say more."""
    tables = len({table for table, _ in header_scores(match.profile.header)})
    required = match.field in spec.required or any(match.field in group for group in spec.either)
    return (1.4 if required else 1.0) / max(1.0, power(tables, 0.35))


def _value_fit(profile: Profile, table: str, name: str) -> float:
    spec = TABLES[table].by_name[name]
    if spec.type is ColumnType.ENUM and profile.filled:
        return 1.0 if value_map_for(spec, table=table, values=profile.values) is not None else 0.35
    if spec.type is ColumnType.BOOL and len(profile.values) > 3:
        return 0.2
    return 1.0


def _partial_scores(text: str) -> dict[tuple[str, str], float]:
    """Score a header that holds a known one, or is part of one; 0.8 at the very best."""
    scores: dict[tuple[str, str], float] = {}
    if len(text) < 2:
        return scores
    for word, places in meanings().items():
        short, long = (word, text) if len(word) <= len(text) else (text, word)
        least = 4 if short.isascii() else 2
        if len(short) < least or short not in long or short == long:
            continue
        # What a name ends with says what it is: 原始交貨日期 is a 日期, not an 原始.
        place = 0.85 if long.endswith(short) else 0.7
        score = place * (len(short) / len(long)) ** 0.5
        if len(word) > len(text):
            score *= 0.8
        foreign = _objects_in(long.replace(short, "")) if long is text else frozenset()
        for table, column, rank in places:
            key = (table, column)
            # 生产订单行号 is no 订单行号: the rest names another thing.
            strange = 0.5 if foreign - _objects_of(table, column) else 1.0
            scores[key] = max(scores.get(key, 0.0), score * rank * strange)
    return scores


_OBJECTS = [
    "生产",
    "制令",
    "工单",
    "采购",
    "客户",
    "供应商",
    "厂商",
    "模具",
    "销售",
    "父项",
    "子项",
    "材料",
    "元件",
    "主件",
    "母件",
    "子件",
    "进货",
    "出货",
    "销货",
    "移转",
    "汇报",
    "报工",
    "包装",
    "车间",
    "sales",
    "purchase",
    "customer",
    "supplier",
    "vendor",
    "component",
    "parent",
    "invoice",
]


@lru_cache(maxsize=20_000)
def _objects_in(text: str) -> frozenset[str]:
    return frozenset(word for word in _OBJECTS if word in text)


@cache
def _objects_of(table: str, column: str) -> frozenset[str]:
    """Return the things that the names of a column speak of."""
    spec = TABLES[table].by_name[column]
    return frozenset().union(*(_objects_in(plain(word)) for word in (spec.name, *spec.aliases)))
