"""Texts and exact numbers as arrays that are read where they lie, one at a time."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, overload

import numpy as np
from numpy.typing import NDArray

from knockon.engine.graph._kernels import first_not_before

Arrays = Mapping[str, NDArray[np.generic]]

NO_EXPONENT: Final = -128
"""Stands for a number that is not known."""
_AS_TEXT: Final = 127
"""Stands for a number that lies among the odd ones, at the place its coefficient tells."""
_MOST_DIGITS: Final = 18
_MOST_EXACT: Final = 22
"""The highest power of ten that a float holds exactly."""


class TextHeap(Sequence[str]):
    """Texts one after the other; ``name`` and ``name_offset`` among the arrays."""

    __slots__ = ("_data", "_offset")

    def __init__(self, arrays: Arrays, name: str) -> None:
        self._data = np.asarray(arrays[name], dtype=np.uint8)
        self._offset = np.asarray(arrays[f"{name}_offset"], dtype=np.int64)

    def __len__(self) -> int:
        """Return how many texts there are."""
        return len(self._offset) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        """Return one text, or some of them."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        return self.raw(place).decode()

    def raw(self, place: int) -> bytes:
        """Return a text as UTF-8, which sorts as the text does."""
        return self._data[self._offset[place] : self._offset[place + 1]].tobytes()

    def find(self, text: str, *, begin: int = 0, end: int | None = None) -> int | None:
        """Return where a text stands between two places, where the texts ascend; None if absent."""
        wanted = text.encode()
        last = len(self) if end is None else end
        place = first_not_before(
            self._data, self._offset, np.frombuffer(wanted, dtype=np.uint8), begin, last
        )
        return place if place < last and self.raw(place) == wanted else None


def text_arrays(name: str, texts: Iterable[str]) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of a text heap."""
    pieces = [text.encode() for text in texts]
    offset = np.zeros(len(pieces) + 1, dtype=np.int64)
    np.cumsum([len(piece) for piece in pieces], out=offset[1:])
    data = np.frombuffer(b"".join(pieces), dtype=np.uint8)
    return {name: data, f"{name}_offset": offset}


class Amounts(Sequence[Decimal | None]):
    """Exact numbers; ``name``, ``name_exponent`` and the odd ones as texts."""

    __slots__ = ("_coefficient", "_exponent", "_odd")

    def __init__(self, arrays: Arrays, name: str) -> None:
        self._coefficient = arrays[name]
        self._exponent = arrays[f"{name}_exponent"]
        self._odd = TextHeap(arrays, f"{name}_odd")

    def __len__(self) -> int:
        """Return how many numbers there are."""
        return len(self._coefficient)

    @overload
    def __getitem__(self, place: int) -> Decimal | None: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Decimal | None]: ...
    def __getitem__(self, place: int | slice) -> Decimal | Sequence[Decimal | None] | None:
        """Return one number, or some of them."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        exponent = int(self._exponent[place])
        coefficient = int(self._coefficient[place])
        if exponent == NO_EXPONENT:
            return None
        if exponent == _AS_TEXT:
            return Decimal(self._odd[coefficient])
        return Decimal(coefficient).scaleb(exponent) if exponent else Decimal(coefficient)

    def floats(self) -> NDArray[np.float64]:
        """Return all numbers as floats, each the nearest to it; NaN is unknown.

        Notes
        -----
        A quotient of two exact floats is rounded as the number itself would be; where one of them
        is not exact, the number is read by itself.
        """
        exponent = np.asarray(self._exponent, dtype=np.int64)
        coefficient = np.asarray(self._coefficient, dtype=np.int64)
        power = 10.0 ** np.minimum(np.abs(exponent), _MOST_EXACT)
        plain = coefficient.astype(np.float64)
        values = np.where(exponent < 0, plain / power, plain * power)
        exact = (np.abs(exponent) <= _MOST_EXACT) & (np.abs(coefficient) < 1 << 53)
        for place in np.flatnonzero(~exact & (exponent != NO_EXPONENT)).tolist():
            number = self[place]
            values[place] = np.nan if number is None else float(number)
        values[exponent == NO_EXPONENT] = np.nan
        return values


def amount_arrays(name: str, numbers: Iterable[Decimal | None]) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of numbers, exact to the last zero."""
    coefficients: list[int] = []
    exponents: list[int] = []
    odd: list[str] = []
    for number in numbers:
        if number is None:
            coefficients.append(0)
            exponents.append(NO_EXPONENT)
            continue
        sign, digits, exponent = number.as_tuple()
        plain = isinstance(exponent, int) and len(digits) <= _MOST_DIGITS
        if plain and -100 < int(exponent) < 100 and (digits != (0,) or not sign):
            coefficients.append(int(number.scaleb(-int(exponent))))
            exponents.append(int(exponent))
        else:
            coefficients.append(len(odd))
            exponents.append(_AS_TEXT)
            odd.append(str(number))
    return {
        name: np.array(coefficients, dtype=np.int64),
        f"{name}_exponent": np.array(exponents, dtype=np.int8),
        **text_arrays(f"{name}_odd", odd),
    }


class Sparse:
    """A few numbers that say otherwise, by place; ``name_place`` ascends."""

    __slots__ = ("_place", "values")

    def __init__(self, arrays: Arrays, name: str) -> None:
        self._place = np.asarray(arrays[f"{name}_place"], dtype=np.int64)
        self.values = Amounts(arrays, name)

    def find(self, place: int) -> int | None:
        """Return where the value of a place stands; None where nothing is said."""
        found = int(np.searchsorted(self._place, place))
        if found == len(self._place) or self._place[found] != place:
            return None
        return found

    def items(self) -> Iterator[tuple[int, Decimal | None]]:
        """Yield the places that something is said of, with what it is."""
        yield from zip(self._place.tolist(), self.values, strict=True)


def sparse_arrays(
    name: str, numbers: Mapping[int, Decimal | None]
) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of sparse numbers."""
    places = sorted(numbers)
    return {
        f"{name}_place": np.array(places, dtype=np.int64),
        **amount_arrays(name, (numbers[place] for place in places)),
    }


def document_array(document: Any) -> NDArray[np.uint8]:
    """Return a small nested value as bytes."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return np.frombuffer(text.encode(), dtype=np.uint8)


def read_document(array: NDArray[np.generic]) -> Any:
    """Return the nested value of ``document_array``."""
    return json.loads(array.tobytes())
