"""Compiled sweep of a cone with doubts: links that are not proven, or times that are not exact.

A node carries one *lead* per class: how long before the end of time its taint began, so that zero
means untainted, a larger lead is an earlier taint, and fresh memory needs no filling.

* class 0 (CONFIRMED) and 1 (PROBABLE): lead of the latest instant at which the taint had begun
  for certain, best over all paths of at most that class;
* class 2 (POSSIBLE): lead of the earliest instant at which it can have begun, over all paths.

An earlier taint never passes less than a later one, so one best value per class is exact. A
node's values lie side by side in one row of ``cells``: three leads, the hops of the three classes
packed into one number (each plus one, zero is none), and the suspect share as a float, which the
view ``shares`` of the same memory holds.
"""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from knockon.engine.graph.states import (
    CARRIED,
    CARRY_BIT,
    CLASS_BITS,
    END,
    FLAG_BITS,
    FLAG_MASK,
    HOP_BIT,
    SPREAD_BIT,
    WIDE_BIT,
)
from knockon.engine.impact._bits import (
    BLOCK_SHIFT,
    WORD_MASK,
    WORD_SHIFT,
    Uint64s,
    lowest_bit,
    mark,
)

CELL: Final = 5
"""Numbers in a node's row."""
LEVELS: Final = 3
"""Classes that a taint can have."""
HOPS: Final = 3
SHARE: Final = 4
HOP_BITS: Final = 21
"""Bits per class; two million hops are beyond any record."""
HOP_MASK: Final = (1 << HOP_BITS) - 1
_ONE_EACH: Final = 1 | 1 << HOP_BITS | 1 << 2 * HOP_BITS

Int64s = NDArray[np.int64]
Int32s = NDArray[np.int32]
Float64s = NDArray[np.float64]
Uint32s = NDArray[np.uint32]


@njit(cache=True)
def sweep(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    indptr: Uint32s,
    link: Uint32s,
    when: Uint32s,
    instants: Int64s,
    spans: Int64s,
    backward: bool,
    cells: Int64s,
    shares: Float64s,
    words: Uint64s,
    summary: Uint64s,
    reached: Int32s,
    acyclic: bool,
) -> int:
    """Spread the marked seeds' taint over all links that pass it, lowest node first.

    Parameters
    ----------
    indptr, link, when, instants, spans
        Links by source, as an ``Adjacency`` has them.
    backward
        The links are those against time.
    cells, shares
        Rows of the nodes, shape ``(nodes, CELL)``; zero but for the seeds. Updated; the share is
        right on return when every link goes to a higher node.
    words, summary
        Bit set of the seeds, left empty.
    reached
        Output: the nodes reached, each once, ascending when ``acyclic``, else the seeds left out.
    acyclic
        Every link goes to a higher node.

    Returns
    -------
    int
        How many nodes are in ``reached``.

    Notes
    -----
    A node's sources have lower numbers, so each reached node is visited once; a link back (rings
    of records at one instant) only causes another round. O(links of the cone).
    """
    found = 0
    start = 0
    weight = link.view(np.float32)
    while start < len(summary):
        again = len(summary)
        for block in range(start, len(summary)):
            while summary[block] != 0:
                word = (block << WORD_SHIFT) + lowest_bit(summary[block])
                while words[word] != 0:
                    node = (word << WORD_SHIFT) + lowest_bit(words[word])
                    words[word] &= words[word] - np.uint64(1)
                    if acyclic:
                        reached[found] = node
                        found += 1
                    for number in range(
                        int(np.int64(indptr[node])), int(np.int64(indptr[node + 1]))
                    ):
                        head = int(np.int64(link[number, 0]))
                        to, bits = head >> FLAG_BITS, head & FLAG_MASK
                        fresh = cells[to, 2] == 0
                        first, last = leads_of(
                            bits, int(np.int64(when[number])), instants, spans, backward
                        )
                        share = np.nan if backward else float(weight[number, 1])
                        passed = _pass(
                            node, to, table_bits(bits), first, last, share, cells, shares
                        )
                        if fresh and passed != _BLOCKED and not acyclic:
                            reached[found] = to
                            found += 1
                        if passed == _IMPROVED:
                            mark(to, words, summary)
                            if to >> BLOCK_SHIFT < block:
                                again = min(again, to >> BLOCK_SHIFT)
                summary[block] &= ~(np.uint64(1) << np.uint64(word & WORD_MASK))
        start = again
    return found


@njit(cache=True)
def table_bits(bits: int) -> int:
    """Return class and flags of a layout as the link table has them."""
    return CARRY_BIT if bits & CLASS_BITS == CARRIED else bits & ~WIDE_BIT


@njit(cache=True)
def leads_of(
    bits: int, when: int, instants: Int64s, spans: Int64s, backward: bool
) -> tuple[int, int]:
    """Return the leads of a link's earliest and latest instant, in the direction of the walk."""
    if bits & CLASS_BITS == CARRIED:
        # The same lot goes on: its taint stays as old as it is.
        return END + (END - 1), 0
    if bits & WIDE_BIT:
        if backward:
            return END + spans[when, 1], END + spans[when, 0]
        return END - spans[when, 0], END - spans[when, 1]
    lead = END + instants[when - 1] if backward else END - instants[len(instants) - when]
    return lead, lead


_BLOCKED: Final = 0
_PASSED: Final = 1
_IMPROVED: Final = 2


@njit(cache=True)
def _pass(
    node: int,
    to: int,
    bits: int,
    first: int,
    last: int,
    share: float,
    cells: Int64s,
    shares: Float64s,
) -> int:
    """Carry the node's taint over a link of leads ``first`` to ``last``."""
    maybe = cells[node, 2]
    if maybe < last:
        return _BLOCKED
    shares[to, SHARE] += share * min(shares[node, SHARE], 1.0)
    better = _improve(
        cells,
        to,
        sure_after(bits, cells[node, 0], first, last),
        likely_after(bits, cells[node, 1], first, last),
        min(maybe, first),
        cells[node, HOPS] + (_ONE_EACH if bits & HOP_BIT else 0),
    )
    return _IMPROVED if better else _PASSED


@njit(cache=True)
def sure_after(bits: int, sure: int, first: int, last: int) -> int:
    """Return the CONFIRMED lead after a link of leads ``first`` to ``last``; zero is none."""
    if bits & CARRY_BIT:
        return sure
    return last if not bits & CLASS_BITS and sure >= first else 0


@njit(cache=True)
def likely_after(bits: int, likely: int, first: int, last: int) -> int:
    """Return the PROBABLE lead after a link of leads ``first`` to ``last``; zero is none."""
    if bits & CARRY_BIT:
        return likely
    if bits & CLASS_BITS > 1:
        return 0
    if bits & SPREAD_BIT:
        return min(likely, first) if likely >= last else 0
    return last if likely >= first else 0


@njit(cache=True)
def _improve(cells: Int64s, to: int, sure: int, likely: int, maybe: int, hops: int) -> bool:
    """Take over earlier taints and shorter ways, and say whether there were any."""
    better = False
    if maybe > cells[to, 2]:
        cells[to, 2] = maybe
        better = True
    if likely > cells[to, 1]:
        cells[to, 1] = likely
        better = True
    if sure > cells[to, 0]:
        cells[to, 0] = sure
        better = True
    known = cells[to, HOPS]
    fewest = _fewest(known, hops, 2 * HOP_BITS)
    if likely:
        fewest |= _fewest(known, hops, HOP_BITS)
    else:
        fewest |= known & HOP_MASK << HOP_BITS
    if sure:
        fewest |= _fewest(known, hops, 0)
    else:
        fewest |= known & HOP_MASK
    if fewest != known:
        cells[to, HOPS] = fewest
        better = True
    return better


@njit(cache=True)
def _fewest(known: int, hops: int, shift: int) -> int:
    """Return the smaller of two packed hop counts of one class, in place; zero is none."""
    before, now = known >> shift & HOP_MASK, hops >> shift & HOP_MASK
    return (now if before == 0 or now < before else before) << shift


@njit(cache=True)
def take_out(
    nodes: Int32s, cells: Int64s, shares: Float64s, lead: Int64s, hops: Int32s, amount: Float64s
) -> None:
    """Move the rows of the reached nodes into columns and leave their memory all zero."""
    for place in range(len(nodes)):
        node = nodes[place]
        packed = cells[node, HOPS]
        amount[place] = shares[node, SHARE]
        for level in range(LEVELS):
            lead[place, level] = cells[node, level]
            hops[place, level] = max((packed >> level * HOP_BITS & HOP_MASK) - 1, 0)
        for column in range(CELL):
            cells[node, column] = 0


@njit(cache=True)
def blend(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    nodes: Int32s,
    indptr: Uint32s,
    link: Uint32s,
    when: Uint32s,
    instants: Int64s,
    spans: Int64s,
    backward: bool,
    cells: Int64s,
    shares: Float64s,
    begun: Float64s,
) -> None:
    """Recompute the shares in a graph with rings, where a node fed by its own ring is unknown.

    ``nodes`` are the reached ones in ascending order, ``begun`` is the share that each of them
    had before the walk.
    """
    weight = link.view(np.float32)
    for place in range(len(nodes)):
        shares[nodes[place], SHARE] = begun[place]
    for in_ring in (True, False):
        for place in range(len(nodes)):
            node = nodes[place]
            held = min(shares[node, SHARE], 1.0)
            for number in range(int(np.int64(indptr[node])), int(np.int64(indptr[node + 1]))):
                head = int(np.int64(link[number, 0]))
                to, bits = head >> FLAG_BITS, head & FLAG_MASK
                _, last = leads_of(bits, int(np.int64(when[number])), instants, spans, backward)
                if cells[node, 2] < last or (to <= node) != in_ring:
                    continue
                if in_ring or backward:
                    shares[to, SHARE] = np.nan
                else:
                    shares[to, SHARE] += weight[number, 1] * held
