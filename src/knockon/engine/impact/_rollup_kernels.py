"""Compiled sums over the reached nodes, behind plain arrays."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from knockon.engine.impact._bits import Uint64s, mark, take_all

Int32s = NDArray[np.int32]
Float64s = NDArray[np.float64]


@njit(cache=True)
def add_up(
    nodes: Int32s,
    amount: Float64s,
    order: Int32s,
    qty: NDArray[np.float32],
    sums: Float64s,
    words: Uint64s,
    summary: Uint64s,
) -> tuple[Int32s, Float64s]:
    """Add the quantities of the reached nodes up by what they belong to.

    Parameters
    ----------
    nodes, amount
        Reached nodes and their suspect shares; an unknown share counts as nothing.
    order, qty
        By node; -1 where it belongs to no order.
    sums, words, summary
        Room of as many rows as there are orders, and a bit set of them; empty, before and after.

    Returns
    -------
    orders, sums
        The orders found, ascending, and for each: quantity, suspect quantity, the greatest
        suspect quantity of one node, and its place plus one.
    """
    for place in range(len(nodes)):
        node = nodes[place]
        number = order[node]
        if number < 0:
            continue
        whole = float(qty[node])
        share = amount[place]
        part = whole * min(share, 1.0) if share > 0.0 else 0.0
        sums[number, 0] += whole
        sums[number, 1] += part
        if part > sums[number, 2] or sums[number, 3] == 0.0:
            sums[number, 2] = part
            sums[number, 3] = place + 1.0
        mark(number, words, summary)
    return _taken_out(sums, words, summary, len(nodes))


@njit(cache=True)
def add_up_again(
    orders: Int32s,
    of_order: Float64s,
    customer: Int32s,
    sums: Float64s,
    words: Uint64s,
    summary: Uint64s,
) -> tuple[Int32s, Float64s]:
    """Add the orders' quantities up by customer; arguments and result as for ``add_up``."""
    for place in range(len(orders)):
        number = customer[orders[place]]
        sums[number, 0] += of_order[place, 0]
        sums[number, 1] += of_order[place, 1]
        mark(number, words, summary)
    return _taken_out(sums, words, summary, len(orders))


@njit(cache=True)
def _taken_out(
    sums: Float64s, words: Uint64s, summary: Uint64s, most: int
) -> tuple[Int32s, Float64s]:
    numbers = take_all(words, summary, min(most, len(sums)))
    found = np.empty((len(numbers), sums.shape[1]))
    for place in range(len(numbers)):
        for column in range(sums.shape[1]):
            found[place, column] = sums[numbers[place], column]
            sums[numbers[place], column] = 0.0
    return numbers, found
