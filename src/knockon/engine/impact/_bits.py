"""A set of nodes as bits in two levels, and what else one instruction does best."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]  # it ships no types
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, overload
from numpy.typing import NDArray

Uint64s = NDArray[np.uint64]

WORD_SHIFT: Final = 6
WORD_MASK: Final = 63
BLOCK_SHIFT: Final = 2 * WORD_SHIFT
"""A block is the nodes under one word of the upper level."""
_TO_WRITE: Final = 1
_NEAREST: Final = 3
_DATA: Final = 1


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


def prefetch(rows: NDArray[np.int64], row: int) -> None:
    """Ask for a row's memory ahead of its use; changes nothing."""


@intrinsic
def _ask_for(_context: Any, rows: Any, row: Any) -> Any:
    """Compile to the instruction that brings a row near, to be written to."""

    def emit(target: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = target.make_array(signature.args[0])(target, builder, arguments[0])
        first = target.get_constant(types.intp, 0)
        pointer = cgutils.get_item_pointer(  # type: ignore[no-untyped-call]
            target, builder, signature.args[0], array, [arguments[1], first]
        )
        number = cgutils.int32_t
        asked = builder.bitcast(pointer, cgutils.voidptr_t)
        function = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
            builder.module,
            ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, number, number, number]),
            "llvm.prefetch.p0",
        )
        builder.call(function, [asked, number(_TO_WRITE), number(_NEAREST), number(_DATA)])
        return target.get_dummy_value()

    return types.void(rows, row), emit


@overload(prefetch, inline="always")
def _compiled_prefetch(_rows: Any, _row: Any) -> Callable[[Any, Any], None]:
    def compiled(_rows: Any, _row: Any) -> None:
        _ask_for(_rows, _row)  # type: ignore[call-arg]  # the compiler gives the first

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
