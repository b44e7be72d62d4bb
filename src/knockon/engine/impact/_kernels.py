"""Compiled inner loops of the lot trace, behind plain arrays.

A node carries one *lead* per class: how long before the end of time its taint began, so that zero
means untainted, a larger lead is an earlier taint, and fresh memory needs no filling.

* class 0 (CONFIRMED) and 1 (PROBABLE): lead of the latest instant at which the taint had begun
  for certain, best over all paths of at most that class;
* class 2 (POSSIBLE): lead of the earliest instant at which it can have begun, over all paths.

An earlier taint never passes less than a later one, so one best value per class is exact.
"""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from knockon.engine.graph.states import CARRY_BIT, CLASS_BITS, END, HOP_BIT, SPREAD_BIT

WORD: Final = 32
_SHIFT: Final = 5
_MASK: Final = 31
_DEBRUIJN: Final = 0x077CB531
_TOP_5: Final = 27
_LOW_32: Final = 0xFFFFFFFF
_SLOTS: Final = [((_DEBRUIJN << bit) & _LOW_32) >> _TOP_5 for bit in range(WORD)]
LOWEST_BIT: Final = np.array([_SLOTS.index(slot) for slot in range(WORD)], dtype=np.int64)
"""Position of the lowest set bit of a word, by its De Bruijn product.

References
----------
Leiserson, Prokop, Randall (1998), Using de Bruijn sequences to index a 1 in a computer word.
"""

Int64s = NDArray[np.int64]
Int32s = NDArray[np.int32]


@njit(cache=True)
def lowest_bit(word: int) -> int:
    """Return the position of the lowest set bit of a word of 32 bits that is not zero."""
    return int(LOWEST_BIT[((word & -word) * _DEBRUIJN & _LOW_32) >> _TOP_5])


@njit(cache=True)
def mark(node: int, words: Int64s, summary: Int64s) -> None:
    """Put the node into the two-level bit set of nodes to visit."""
    word = node >> _SHIFT
    words[word] |= 1 << (node & _MASK)
    summary[word >> _SHIFT] |= 1 << (word & _MASK)


@njit(cache=True)
def sweep(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    indptr: Int64s,
    target: Int32s,
    earliest: Int64s,
    latest: Int64s,
    meta: NDArray[np.uint8],
    share: NDArray[np.float32],
    lead: Int64s,
    hops: Int32s,
    amount: NDArray[np.float64],
    words: Int64s,
    summary: Int64s,
    reached: Int32s,
    found: int,
) -> int:
    """Spread the marked seeds' taint over all links that pass it, lowest node first.

    Parameters
    ----------
    indptr, target, earliest, latest, meta, share
        Links in CSR form by source. Times are microseconds, ``meta`` holds class and flags,
        ``share`` is the link's part of all that went into its target.
    lead, hops
        Per node and class, shape ``(nodes, 3)``; zero but for the seeds. Updated.
    amount
        Share of the node that is suspect; right on return when every link goes to a higher node.
    words, summary
        Bit set of the seeds, left empty.
    reached, found
        Nodes reached in order of discovery, of which the first ``found`` are the seeds.

    Returns
    -------
    int
        How many nodes are in ``reached``.

    Notes
    -----
    A node's sources have lower numbers, so each reached node is visited once; a link back (rings
    of records at one instant) only causes another round. O(links of the cone).
    """
    start = 0
    while start < len(summary):
        again = len(summary)
        for block in range(start, len(summary)):
            while summary[block] != 0:
                slot = lowest_bit(summary[block])
                word = (block << _SHIFT) + slot
                while words[word] != 0:
                    node = (word << _SHIFT) + lowest_bit(words[word])
                    words[word] &= words[word] - 1
                    held = min(amount[node], 1.0)
                    for link in range(indptr[node], indptr[node + 1]):
                        to = target[link]
                        known = lead[to, 2] != 0
                        passed = _pass(
                            node, to, earliest[link], latest[link], int(meta[link]), lead, hops
                        )
                        if passed == _BLOCKED:
                            continue
                        if not known:
                            reached[found] = to
                            found += 1
                        amount[to] += share[link] * held
                        if passed == _IMPROVED:
                            mark(to, words, summary)
                            if to >> _SHIFT >> _SHIFT < block:
                                again = min(again, to >> _SHIFT >> _SHIFT)
                summary[block] &= ~(1 << slot)
        start = again
    return found


_BLOCKED: Final = 0
_PASSED: Final = 1
_IMPROVED: Final = 2


@njit(cache=True)
def _pass(
    node: int, to: int, earliest: int, latest: int, meta: int, lead: Int64s, hops: Int32s
) -> int:
    """Carry the node's leads over one link, and say whether that told the target anything new."""
    step = 1 if meta & HOP_BIT else 0
    if meta & CARRY_BIT:
        better = _improve(node, to, 2, lead[node, 2], step, lead, hops)
        better |= _improve(node, to, 1, lead[node, 1], step, lead, hops)
        better |= _improve(node, to, 0, lead[node, 0], step, lead, hops)
        return _IMPROVED if better else _PASSED
    lead_of_start = END - earliest
    lead_of_end = END - latest
    if lead[node, 2] < lead_of_end:
        return _BLOCKED
    better = _improve(node, to, 2, min(lead[node, 2], lead_of_start), step, lead, hops)
    link_class = meta & CLASS_BITS
    if link_class <= 1:
        if meta & SPREAD_BIT:
            if lead[node, 1] >= lead_of_end:
                new = min(lead[node, 1], lead_of_start)
                better |= _improve(node, to, 1, new, step, lead, hops)
        elif lead[node, 1] >= lead_of_start:
            better |= _improve(node, to, 1, lead_of_end, step, lead, hops)
        if link_class == 0 and lead[node, 0] >= lead_of_start:
            better |= _improve(node, to, 0, lead_of_end, step, lead, hops)
    return _IMPROVED if better else _PASSED


@njit(cache=True)
def _improve(
    node: int, to: int, level: int, new: int, step: int, lead: Int64s, hops: Int32s
) -> bool:
    """Take over an earlier taint or a shorter way for one class; a lead of zero is no taint."""
    if new == 0:
        return False
    better = False
    count = hops[node, level] + step
    if lead[to, level] == 0 or count < hops[to, level]:
        hops[to, level] = count
        better = True
    if new > lead[to, level]:
        lead[to, level] = new
        better = True
    return better


@njit(cache=True)
def blend(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    nodes: Int32s,
    indptr: Int64s,
    target: Int32s,
    latest: Int64s,
    meta: NDArray[np.uint8],
    share: NDArray[np.float32],
    lead: Int64s,
    amount: NDArray[np.float64],
    seed: NDArray[np.bool_],
) -> None:
    """Recompute ``amount`` in a graph with rings, where a node fed by its own ring is unknown.

    ``nodes`` are the reached ones in ascending order, ``seed`` says which of them are seeds.
    """
    for i in range(len(nodes)):
        amount[nodes[i]] = 1.0 if seed[i] else 0.0
    for backward in (True, False):
        for i in range(len(nodes)):
            node = nodes[i]
            held = min(amount[node], 1.0)
            for link in range(indptr[node], indptr[node + 1]):
                passes = meta[link] & CARRY_BIT or lead[node, 2] >= END - latest[link]
                if not passes or (target[link] <= node) != backward:
                    continue
                if backward:
                    amount[target[link]] = np.nan
                else:
                    amount[target[link]] += share[link] * held
