"""A set of nodes as bits in two levels, from which the lowest is found in a few steps."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, overload
from numpy.typing import NDArray

Uint64s = NDArray[np.uint64]

WORD_SHIFT: Final = 6
WORD_MASK: Final = 63
BLOCK_SHIFT: Final = 2 * WORD_SHIFT
"""A block is the nodes under one word of the upper level."""


def lowest_bit(word: np.uint64) -> int:
    """Return the position of the lowest set bit of a word that is not zero."""
    bits = int(word)
    return (bits & -bits).bit_length() - 1


@intrinsic
def _count_trailing_zeros(_context: Any, _word: Any) -> Any:
    """Compile to the one instruction that counts the zeros below the lowest set bit."""

    def emit(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], cgutils.true_bit)

    return types.int64(types.uint64), emit


@overload(lowest_bit, inline="always")
def _compiled_lowest_bit(_word: Any) -> Callable[[Any], Any]:
    def compiled(_word: Any) -> Any:
        return _count_trailing_zeros(_word)  # type: ignore[call-arg]  # the compiler gives the first

    return compiled


@njit(cache=True)
def mark(node: int, words: Uint64s, summary: Uint64s) -> None:
    """Put the node into the set."""
    one = np.uint64(1)
    words[node >> WORD_SHIFT] |= one << np.uint64(node & WORD_MASK)
    summary[node >> BLOCK_SHIFT] |= one << np.uint64(node >> WORD_SHIFT & WORD_MASK)


@njit(cache=True)
def take_all(words: Uint64s, summary: Uint64s, most: int) -> NDArray[np.int32]:
    """Return the set's numbers, ascending and at most so many, and empty it."""
    taken = np.empty(most, np.int32)
    count = 0
    for block in range(len(summary)):
        while summary[block] != 0:
            word = (block << WORD_SHIFT) + lowest_bit(summary[block])
            while words[word] != 0:
                taken[count] = (word << WORD_SHIFT) + lowest_bit(words[word])
                count += 1
                words[word] &= words[word] - np.uint64(1)
            summary[block] &= summary[block] - np.uint64(1)
    return taken[:count].copy()
