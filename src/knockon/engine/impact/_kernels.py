"""Compiled sweep of a cone with doubts: links that are not proven, or times that are not exact.

A node carries one *lead* per class: how long before the end of time its taint began, so that zero
means untainted, a larger lead is an earlier taint, and fresh memory needs no filling.

* class 0 (CONFIRMED) and 1 (PROBABLE): lead of the latest instant at which the taint had begun
  for certain, best over all paths of at most that class;
* class 2 (POSSIBLE): lead of the earliest instant at which it can have begun, over all paths.

An earlier taint never passes less than a later one, so one best value per class is exact. A
node's values lie side by side in one row of ``cells``: three leads, how near it is in each of the
three classes (``HOP_MASK`` less hops, zero is none) packed into one number, and the suspect share
as a float.
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
NEAR: Final = 3
SHARE: Final = 4
HOP_BITS: Final = 21
"""Bits per class; two million hops are beyond any record."""
HOP_MASK: Final = (1 << HOP_BITS) - 1

Int64s = NDArray[np.int64]
Int32s = NDArray[np.int32]
Float64s = NDArray[np.float64]
Uint32s = NDArray[np.uint32]


@njit(cache=True)
def sweep(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917 -- one loop over plain arrays
    indptr: Uint32s,
    link: Uint32s,
    when: Uint32s,
    instants: Int64s,
    spans: Int64s,
    backward: bool,
    cells: Int64s,
    words: Uint64s,
    summary: Uint64s,
    reached: Int32s,
    rows: Int64s,
    acyclic: bool,
) -> int:
    """Spread the marked seeds' taint over all links that pass it, lowest node first.

    Parameters
    ----------
    indptr, link, when, instants, spans
        Links by source, as an ``Adjacency`` has them.
    backward
        The links are those against time.
    cells
        Rows of the nodes, shape ``(nodes, CELL)``; zero but for the seeds.
        All zero on return when ``acyclic``; else final but for the share.
    words, summary
        Bit set of the seeds, left empty.
    reached
        Output: the nodes reached, each once, ascending when ``acyclic``, else the seeds left out.
    rows
        Output when ``acyclic``: their rows.
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
    shares = cells.view(np.float64)
    while start < len(summary):
        again = len(summary)
        for block in range(start, len(summary)):
            while summary[block] != 0:
                word = (block << WORD_SHIFT) + lowest_bit(summary[block])
                while words[word] != 0:
                    node = (word << WORD_SHIFT) + lowest_bit(words[word])
                    words[word] &= words[word] - np.uint64(1)
                    sure, likely, maybe = cells[node, 0], cells[node, 1], cells[node, 2]
                    near = cells[node, NEAR]
                    held = min(shares[node, SHARE], 1.0)
                    if acyclic:
                        reached[found] = node
                        for column in range(CELL):
                            rows[found, column] = cells[node, column]
                            cells[node, column] = 0
                        found += 1
                    for number in range(
                        int(np.int64(indptr[node])), int(np.int64(indptr[node + 1]))
                    ):
                        head = int(np.int64(link[number, 0]))
                        kind = head & CLASS_BITS
                        by_sure, by_likely, by_maybe = sure, likely, maybe
                        if kind != CARRIED:
                            later = int(np.int64(when[number]))
                            if head & WIDE_BIT:
                                first, last = _span_leads(later, spans, backward)
                            elif backward:
                                first = last = END + instants[later - 1]
                            else:
                                first = last = END - instants[-later]
                            if maybe < last:
                                continue
                            by_sure = last if kind == 0 and sure >= first else 0
                            by_maybe = min(maybe, first)
                            by_likely = 0
                            if kind <= 1 and head & SPREAD_BIT:
                                by_likely = min(likely, first) if likely >= last else 0
                            elif kind <= 1:
                                by_likely = last if likely >= first else 0
                        to = head >> FLAG_BITS
                        known = cells[to, NEAR]
                        nearer = _nearer(
                            known, near, 1 if head & HOP_BIT else 0, by_sure, by_likely
                        )
                        improved = (
                            by_maybe > cells[to, 2]
                            or by_likely > cells[to, 1]
                            or by_sure > cells[to, 0]
                            or nearer != known
                        )
                        if cells[to, 2] == 0 and not acyclic:
                            reached[found] = to
                            found += 1
                        cells[to, 0] = max(cells[to, 0], by_sure)
                        cells[to, 1] = max(cells[to, 1], by_likely)
                        cells[to, 2] = max(cells[to, 2], by_maybe)
                        cells[to, NEAR] = nearer
                        if backward:
                            shares[to, SHARE] = np.nan
                        else:
                            shares[to, SHARE] += weight[number, 1] * held
                        if improved or acyclic:
                            mark(to, words, summary)
                            if to >> BLOCK_SHIFT < block:
                                again = min(again, to >> BLOCK_SHIFT)
                summary[block] &= ~(np.uint64(1) << np.uint64(word & WORD_MASK))
        start = again
    return found


@njit(cache=True)
def _span_leads(number: int, spans: Int64s, backward: bool) -> tuple[int, int]:
    """Return the leads of an interval's ends, in the direction of the walk."""
    if backward:
        return END + spans[number, 1], END + spans[number, 0]
    return END - spans[number, 0], END - spans[number, 1]


@njit(cache=True)
def _nearer(known: int, near: int, hop: int, sure: int, likely: int) -> int:
    """Return the greater nearness of each class, packed; of a class only where it passes."""
    best = max(known >> 2 * HOP_BITS, (near >> 2 * HOP_BITS) - hop) << 2 * HOP_BITS
    by_likely = (near >> HOP_BITS & HOP_MASK) - hop if likely else 0
    best |= max(known >> HOP_BITS & HOP_MASK, by_likely) << HOP_BITS
    by_sure = (near & HOP_MASK) - hop if sure else 0
    return best | max(known & HOP_MASK, by_sure)


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
def take_out(nodes: Int32s, cells: Int64s, rows: Int64s) -> None:
    """Move the rows of the nodes out and leave their memory all zero."""
    for place in range(len(nodes)):
        for column in range(CELL):
            rows[place, column] = cells[nodes[place], column]
            cells[nodes[place], column] = 0


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
    begun: Float64s,
) -> None:
    """Recompute the shares in a graph with rings, where a node fed by its own ring is unknown.

    ``nodes`` are the reached ones in ascending order, ``begun`` is the share that each of them
    had before the walk.
    """
    weight = link.view(np.float32)
    shares = cells.view(np.float64)
    for place in range(len(nodes)):
        shares[nodes[place], SHARE] = begun[place]
    for in_ring in (True, False):
        for place in range(len(nodes)):
            node = nodes[place]
            held = min(shares[node, SHARE], 1.0)
            for number in range(int(np.int64(indptr[node])), int(np.int64(indptr[node + 1]))):
                head = int(np.int64(link[number, 0]))
                to = head >> FLAG_BITS
                last = _last_lead(head, int(np.int64(when[number])), instants, spans, backward)
                if cells[node, 2] < last or (to <= node) != in_ring:
                    continue
                if in_ring or backward:
                    shares[to, SHARE] = np.nan
                else:
                    shares[to, SHARE] += weight[number, 1] * held


@njit(cache=True)
def _last_lead(head: int, when: int, instants: Int64s, spans: Int64s, backward: bool) -> int:
    """Return the lead of a link's latest instant, in the direction of the walk."""
    if head & CLASS_BITS == CARRIED:
        return 0
    if head & WIDE_BIT:
        _, last = _span_leads(when, spans, backward)
        return last
    return int(END + instants[when - 1] if backward else END - instants[-when])
