"""Tell the rows that carry no fact: totals, page headers, signatures; and check the totals."""

from collections.abc import Sequence
from decimal import Decimal

from knockon.adapters.connectors.tabular.lexicon import plain
from knockon.domain.contract.cells import Cell, CellRefused, cell_text
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


def footer_word(row: Sequence[Cell], words: Sequence[str]) -> str | None:
    """Return the word by which the row shows itself as a total, or None.

    The word begins one of the first filled cells that are no numbers; a cell that only happens
    to begin so (``Totally new``) has more letters right behind it.
    """
    seen = 0
    for cell in row:
        if not isinstance(cell, str) or not cell.strip():
            continue
        seen += 1
        if seen > _LOOKED_AT:
            return None
        found = _matching(cell.strip(), words)
        if found:
            return found
    return None


def is_furniture(row: Sequence[Cell]) -> bool:
    """Return whether the row is a page header, a signature line or a remark under the list."""
    filled = [cell for cell in row if cell_text(cell)]
    if not filled or len(filled) > 4 or not isinstance(filled[0], str):
        return False
    text = filled[0].strip()
    if text.startswith("第") and not text.rstrip().endswith(("頁", "页")):
        return False
    return text.startswith(_FURNITURE) and len(filled) <= 3


def _matching(text: str, words: Sequence[str]) -> str | None:
    for word in words:
        if word in _MARKS:
            if text == word:
                return word
            continue
        compact, sought = plain(text), plain(word)
        if not compact.startswith(sought):
            continue
        rest = compact[len(sought) :]
        if not rest or not rest[0].isalpha() or not word.isascii():
            return word if len(rest) <= 6 else None
    return None


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
