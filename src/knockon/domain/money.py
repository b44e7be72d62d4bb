"""Figures of money that open to their formula: a tree whose leaves are records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import prod
from typing import Any

from knockon.domain.errors import KnockonError


class CurrenciesDiffer(KnockonError):
    """Amounts of different currencies were to be added."""

    code = "currencies_differ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure, and what it is worked out from.

    Parameters
    ----------
    code
        What the figure is; every code has a name and a formula in every language.
    value
        None when something it is worked out from is unknown; a sum is of what is known.
    currency
        Of an amount of money; None for quantities and days, and where no plant says it.
    params
        Which order, customer or item it is about, and the unit of a quantity.
    parts
        The figures it is worked out from; none for a record.
    """

    code: str
    value: Decimal | None
    currency: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    parts: tuple["Figure", ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing that it is worked out from is unknown."""
        return self.value is not None and all(part.is_whole for part in self.parts)


def sum_of(code: str, parts: Sequence[Figure], *, currency: str | None, **params: str) -> Figure:
    """Return the sum of what is known of some amounts; unknown when there are some and none is.

    Raises
    ------
    CurrenciesDiffer
        A part is of another currency.
    """
    others = sorted({part.currency or "" for part in parts if part.currency != currency})
    if others:
        raise CurrenciesDiffer(currency=currency or "", others=", ".join(others))
    known = [part.value for part in parts if part.value is not None]
    value = sum(known, Decimal(0)) if known or not parts else None
    return Figure(code=code, value=value, currency=currency, params=params, parts=tuple(parts))


def product_of(
    code: str, factors: Sequence[Figure], *, currency: str | None, **params: str
) -> Figure:
    """Return the product of figures; unknown when one of them is."""
    known = [factor.value for factor in factors if factor.value is not None]
    value = prod(known, start=Decimal(1)) if len(known) == len(factors) else None
    return Figure(code=code, value=value, currency=currency, params=params, parts=tuple(factors))


def figure_rows(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """Return figures as a document, amounts as decimal strings."""
    return [
        {
            "code": figure.code,
            "value": None if figure.value is None else format(figure.value, "f"),
            "currency": figure.currency,
            "is_whole": figure.is_whole,
            **({"of": dict(figure.params)} if figure.params else {}),
            **({"parts": figure_rows(figure.parts)} if figure.parts else {}),
        }
        for figure in figures
    ]
