"""What a case puts at risk in money, as a table for the terminal."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from knockon.apps.disruptions.answers.money import CaseMoney
from knockon.apps.disruptions.reason_texts.money import figure_text, formula_text, known_text
from knockon.config.output import Table
from knockon.domain.money import Figure

_DEEPEST = 2
"""Totals and customers; the single orders are in the document of ``--json``."""


def money_parts(found: CaseMoney) -> list[Table | str]:
    """Return the amounts of each plant that has any."""
    tables: list[Table | str] = []
    for entry in found.plants:
        roots = [root for root in (entry.value, entry.penalties, entry.goods) if root.parts]
        rows = [row for root in roots for row in _rows(root, depth=1)]
        if rows:
            tables.append(
                Table(
                    headings=[_("Money at risk"), _("Amount"), _("Currency"), _("How")],
                    rows=rows,
                    title=entry.plant if len(found.plants) > 1 else "",
                )
            )
    return tables


def _rows(figure: Figure, *, depth: int) -> Iterator[list[str | None]]:
    how = " ".join(text for text in (formula_text(figure), known_text(figure)) if text)
    value = None if figure.value is None else f"{figure.value:,f}"
    yield [f"{'  ' * (depth - 1)}{figure_text(figure)}", value, figure.currency, how]
    if depth < _DEEPEST:
        for part in figure.parts:
            yield from _rows(part, depth=depth + 1)
