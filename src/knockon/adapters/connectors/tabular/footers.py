"""Tell the rows that carry no fact: totals, page headers, signatures; and check the totals."""

import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from knockon.adapters.connectors.tabular.lexicon import plain
from knockon.domain.contract.cells import Cell, CellRefused, is_blank
from knockon.domain.contract.quantities import NumberForm, read_decimal
from knockon.ports.connector import ControlTotal

SUBTOTAL_WORDS = ("小計", "小计", "本頁小計", "Subtotal", "Sub-total", "Sub Total", "*")
TOTAL_WORDS = (
    "合計",
    "合计",
    "總計",
    "总计",
    "共計",
    "共计",
    "總合計",
    "本頁合計",
    "累計",
    "Total",
    "Grand Total",
    "Sum",
    "**",
    "***",
)
FOOTER_WORDS = (*SUBTOTAL_WORDS, *TOTAL_WORDS)
_FURNITURE = (
    "頁次",
    "页次",
    "頁碼",
    "第",
    "製表",
    "制表",
    "列印日期",
    "打印日期",
    "審核:",
    "核准:",
    "主管:",
    "Page",
    "Printed",
    "Prepared by",
    "備註:",
    "备注:",
    "說明:",
    "***",
    "---",
    "End of",
)
_MARKS = {"*", "**", "***"}
_LOOKED_AT = 8
_LAST_SIGNS = frozenset("計计:\uff1a")
_LONGEST_SUM = 12
_SUMMED = {"数量", "金额", "数", "笔数", "件数", "元"}
_FURNITURE_CELLS = 3


def footer_word(row: Sequence[Cell], words: Sequence[str]) -> str | None:
    """Return the word by which the row shows itself as a total, or None.

    The word is one of the first filled cells that are no numbers, or begins or ends it.
    """
    initials = _initials(tuple(words))
    seen = 0
    for cell in row:
        if not isinstance(cell, str) or not (text := cell.strip()):
            continue
        seen += 1
        if seen > _LOOKED_AT:
            return None
        # Nearly every cell begins and ends otherwise, and a list has a million of them.
        looked = text[0] in initials or text[-1] in _LAST_SIGNS
        found = _matching(text, words) if looked else None
        if found:
            return found
    return None


def is_furniture(row: Sequence[Cell]) -> bool:
    """Return whether the row is a page header, a signature line or a remark under the list."""
    first = next((cell for cell in row if not is_blank(cell)), None)
    if not isinstance(first, str) or not first.strip().startswith(_FURNITURE):
        return False
    text = first.strip()
    if text.startswith("第") and not text.endswith(("頁", "页")):
        return False
    return sum(1 for cell in row if not is_blank(cell)) <= _FURNITURE_CELLS


@cache
def _initials(words: tuple[str, ...]) -> frozenset[str]:
    """Return the characters with which a footer word may begin, narrow or wide, either case."""
    first = {word[0] for word in words}
    both = first | {sign.upper() for sign in first} | {sign.lower() for sign in first}
    wide = {chr(ord(sign) + 0xFEE0) for sign in both if "!" <= sign <= "~"}
    return frozenset(both | wide)


def _matching(text: str, words: Sequence[str]) -> str | None:
    shown = unicodedata.normalize("NFKC", text).casefold()
    compact = plain(text)
    for word in words:
        if word in _MARKS:
            if shown == word:
                return word
        elif word.isascii():
            # TOTAL-1 and Totally are names; Total, Total: and Total (PCS) are not.
            rest = shown.removeprefix(word.casefold())
            if rest != shown and (not rest or rest[0] in " :("):
                return word
        elif _is_sum(compact, plain(word)):
            return word
    return None


def _is_sum(compact: str, word: str) -> bool:
    """Return whether a text is 合計, 合計數量, 合計 12 筆 or 本頁合計, but not 合計器."""
    if compact.endswith(word):
        return len(compact) <= _LONGEST_SUM
    rest = compact.removeprefix(word)
    return rest != compact and (rest[0].isdigit() or rest in _SUMMED)


class ControlSums:
    """Adds up the number columns and holds each printed total against them."""

    def __init__(self, columns: Sequence[tuple[int, str, NumberForm]]) -> None:
        self._columns = columns
        self._whole = dict.fromkeys((place for place, _, _ in columns), Decimal(0))
        self._section = dict(self._whole)
        self._totals: list[ControlTotal] = []

    @property
    def totals(self) -> tuple[ControlTotal, ...]:
        """What was printed and what was summed, in file order."""
        return tuple(self._totals)

    def add(self, row: Sequence[Cell]) -> None:
        """Take a row of the list in; what is no number there is refused elsewhere."""
        for place, _, form in self._columns:
            value = _number(row, place, form)
            if value:
                self._whole[place] += value
                self._section[place] += value

    def check(self, row: Sequence[Cell], *, number: int, word: str) -> None:
        """Hold a total line against the sums; a section ends at a subtotal."""
        partial = word in SUBTOTAL_WORDS
        for place, header, form in self._columns:
            printed = _number(row, place, form)
            if printed is None:
                continue
            sums = (self._section[place], self._whole[place])
            preferred = sums[0] if partial else sums[1]
            summed = printed if printed in sums else preferred
            self._totals.append(
                ControlTotal(row=number, column=header, printed=printed, summed=summed)
            )
        if partial:
            self._section = dict.fromkeys(self._section, Decimal(0))


def _number(row: Sequence[Cell], place: int, form: NumberForm) -> Decimal | None:
    if place >= len(row):
        return None
    try:
        return read_decimal(row[place], form=form)
    except CellRefused:
        return None
