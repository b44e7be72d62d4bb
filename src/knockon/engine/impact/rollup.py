"""What a walk reached, added up by sales order and by customer, with one explanation each."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knockon.engine.impact._bits import BLOCK_SHIFT, WORD_SHIFT
from knockon.engine.impact._rollup_kernels import add_up, add_up_again
from knockon.engine.impact.reach import Reach

_SUMS = 4

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]


class _Sheet(NamedTuple):
    """Memory of a roll-up, all zero between two."""

    sums: Float64s
    words: NDArray[np.uint64]
    summary: NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBook:
    """To which order each state of a graph goes.

    Parameters
    ----------
    order
        By node; -1 where it is no shipment.
    qty
        By node.
    customer
        By order, below ``customers``.
    """

    order: Int32s
    qty: NDArray[np.float32]
    customer: Int32s
    customers: int
    sheets: list[tuple[_Sheet, _Sheet]] = field(default_factory=list, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersHit:
    """Orders that suspect material went to, ascending, and their customers.

    Parameters
    ----------
    order, qty, suspect_qty
        By order hit: what went to it, and how much of that is of suspect origin.
    via
        Place in the reach of the shipment with most of it: its parents are the explanation.
    customer, customer_qty, customer_suspect_qty
        By customer hit, ascending.
    """

    order: Int32s
    qty: Float64s
    suspect_qty: Float64s
    via: Int64s
    customer: Int32s
    customer_qty: Float64s
    customer_suspect_qty: Float64s


def roll_up(reach: Reach, book: OrderBook) -> OrdersHit:
    """Add up a walk along time.

    Notes
    -----
    O(reached nodes).
    """
    try:
        by_order, by_customer = book.sheets.pop()
    except IndexError:
        by_order, by_customer = _sheet(len(book.customer)), _sheet(book.customers)
    order, of_order = add_up(reach.nodes, reach.amount, book.order, book.qty, *by_order)
    customer, of_customer = add_up_again(order, of_order, book.customer, *by_customer)
    book.sheets.append((by_order, by_customer))
    return OrdersHit(
        order=order,
        qty=of_order[:, 0],
        suspect_qty=of_order[:, 1],
        via=of_order[:, 3].astype(np.int64) - 1,
        customer=customer,
        customer_qty=of_customer[:, 0],
        customer_suspect_qty=of_customer[:, 1],
    )


def _sheet(rows: int) -> _Sheet:
    return _Sheet(
        np.zeros((rows, _SUMS), dtype=np.float64),
        np.zeros((rows >> WORD_SHIFT) + 1, dtype=np.uint64),
        np.zeros((rows >> BLOCK_SHIFT) + 1, dtype=np.uint64),
    )


def explanation(reach: Reach, place: int) -> list[int]:
    """Return the nodes from a seed to the one at a place, by where most of its share came from.

    Empty when the walk met doubts; then ``find_way`` tells the way that is proven best.
    """
    parent = reach.parent
    if parent is None:
        return []
    steps = []
    while place >= 0:
        steps.append(int(reach.nodes[place]))
        place = int(parent[place])
    return steps[::-1]
