"""Compiled sweep of the usual cone: all its links are proven and their times exact.

A state gives nothing out before all that came in is in it, so that in such a cone a taint passes
every link but the first ones of a seed that became suspect at some time. What is left of a node's
row is how much of it is suspect, and by which link most of that came. The row has these numbers:

* the suspect share, a float;
* the greatest contribution, its first 32 bits as a float, and below them ``ROOT`` less one less
  the place of the node it came from, so that the greater of two rows is the better one;
* where seeds have times: the lead of the earliest taint, twice the lead of an instant or, between
  two instants, one more than the later one's.
"""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from knockon.engine.graph.states import CARRIED, CLASS_BITS, END, FLAG_BITS, HOP_BIT, WIDE_BIT
from knockon.engine.impact._bits import (
    BLOCK_SHIFT,
    WORD_SHIFT,
    Uint64s,
    lowest_bit,
    mark,
    prefetch,
)

AMOUNT: Final = 0
BEST: Final = 1
LEAD: Final = 2
TIMED_ROW: Final = 3
UNTIMED_ROW: Final = 2
TALLY: Final = 2

ROOT: Final = (1 << 32) - 1
"""The lower half of ``BEST`` of a seed: it came from nowhere."""
SEED_BEST: Final = 1 << 62 | ROOT
NOT_PLAIN: Final = -1
"""The cone has a link that is doubtful or has no exact time."""

BATCH: Final = 128
"""Nodes taken out at once; their links are followed when all are out."""
FEW: Final = 4
"""Most nodes have no more links than this."""
QUEUE: Final = BATCH * 8
_SLACK: Final = 2 * FEW
QUEUE_SIZE: Final = QUEUE + _SLACK + 1
_DOUBT: Final = CLASS_BITS | WIDE_BIT
_FAR: Final = 1 << 40
_HALF: Final = 32

Int64s = NDArray[np.int64]
Int32s = NDArray[np.int32]
Uint32s = NDArray[np.uint32]


@njit(cache=True)
def _plant(nodes: Int64s, leads: Int64s, cells: Int64s, words: Uint64s, summary: Uint64s) -> None:
    """Note seeds; of several on one node the earliest counts."""
    amounts = cells.view(np.float64)
    for number in range(len(nodes)):
        node = nodes[number]
        amounts[node, AMOUNT] = 1.0
        cells[node, BEST] = SEED_BEST
        if cells.shape[1] == TIMED_ROW:
            cells[node, LEAD] = max(cells[node, LEAD], leads[number])
        mark(node, words, summary)


@njit(cache=True)
def sweep_plain(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917 -- one loop over plain arrays
    seeds: Int64s,
    leads: Int64s,
    entries: Int64s,
    indptr: Uint32s,
    link: Uint32s,
    when: Uint32s,
    cells: Int64s,
    words: Uint64s,
    summary: Uint64s,
    queue: Int64s,
    nodes: Int32s,
    rows: Int64s,
) -> int:
    """Spread the seeds' taint over all links, lowest node first.

    Parameters
    ----------
    seeds, leads
        Nodes where it begins, and their leads, which count where rows have one.
    entries
        Nodes that were handed over.
    indptr, link, when
        Links of an acyclic ``Adjacency``.
    cells
        Rows of the nodes, zero or handed over; all zero on return.
    words, summary
        Bit set of the nodes handed over, left empty.
    queue
        Room for ``QUEUE_SIZE`` numbers.
    nodes, rows
        Output: the nodes reached, ascending, and their rows.

    Returns
    -------
    int
        How many nodes were found; ``NOT_PLAIN`` when a link says that this sweep is not for
        the cone, with ``forget`` to be called.

    Notes
    -----
    Links go to higher nodes, so a node is complete when no marked one is lower. Nodes are taken
    out in batches that no link joins: which node has how many links cannot be foreseen, and going
    through all links of a batch in one loop spares most wrong guesses. O(links of the cone).
    """
    _plant(seeds, leads, cells, words, summary)
    amounts = cells.view(np.float64)
    held = rows.view(np.float64)
    shares = link.view(np.float32)
    weighed = link.shape[1] > 1
    timed = cells.shape[1] == TIMED_ROW
    number_of = queue.view(np.float64)
    last = len(link) - 1
    # Below the first and beyond the last node that is marked nobody need look.
    block, top = len(summary), 0
    for starts in (seeds, entries):
        for node in starts:
            block = min(block, node >> BLOCK_SHIFT)
            top = max(top, node >> BLOCK_SHIFT)
    begin = end = found = 0
    while True:
        filled, limit, start = 0, _FAR, found
        while begin < end and filled < QUEUE:
            # What is left of a node with very many links.
            queue[filled] = begin << _HALF | (found - 1)
            filled += 1
            begin += 1
            limit = 0
        while block <= top and found - start < BATCH:
            if summary[block] == 0:
                if limit < (block + 1) << BLOCK_SHIFT:
                    break
                block += 1
                continue
            word = (block << WORD_SHIFT) + lowest_bit(summary[block])
            bits = words[word]
            while bits != 0 and found - start < BATCH:
                node = (word << WORD_SHIFT) + lowest_bit(bits)
                if node >= limit:
                    break
                bits &= bits - np.uint64(1)
                nodes[found] = node
                amount = amounts[node, AMOUNT]
                held[found, AMOUNT] = min(amount, 1.0)
                rows[found, BEST] = cells[node, BEST]
                cells[node, AMOUNT] = 0
                cells[node, BEST] = 0
                if timed:
                    rows[found, LEAD] = cells[node, LEAD]
                    cells[node, LEAD] = 0
                first = int(np.int64(indptr[node]))
                count = int(np.int64(indptr[node + 1])) - first
                entry = first << _HALF | found
                for ahead in range(FEW):
                    queue[filled + ahead] = entry + (ahead << _HALF)
                if count > 0:
                    limit = min(limit, int(np.int64(link[min(first, last), 0])) >> FLAG_BITS)
                filled += min(count, FEW)
                if count > FEW:
                    begin, end = first + FEW, first + count
                    while begin < end and filled < QUEUE:
                        queue[filled] = begin << _HALF | found
                        filled += 1
                        begin += 1
                    if filled > QUEUE - FEW:
                        limit = 0
                found += 1
            words[word] = bits
            if bits != 0:
                break
            summary[block] &= summary[block] - np.uint64(1)
        if filled == 0 and found == start:
            return found
        for ahead in range(filled):
            # Rows lie far apart: asking for all of a batch at once spares most of the waiting.
            prefetch(cells, int(np.int64(link[queue[ahead] >> _HALF, 0])) >> FLAG_BITS)
        for entry_number in range(filled):
            entry = queue[entry_number]
            place = entry & ROOT
            number = entry >> _HALF
            head = int(np.int64(link[number, 0]))
            if head & _DOUBT != 0 and head & CLASS_BITS != CARRIED:
                return NOT_PLAIN
            to = head >> FLAG_BITS
            if timed:
                lead = rows[place, LEAD]
                if head & CLASS_BITS != CARRIED:
                    if lead < int(np.int64(when[number])) << 1:
                        continue
                    lead = int(np.int64(when[number])) << 1
                cells[to, LEAD] = max(cells[to, LEAD], lead)
            part = 0.0
            if weighed:
                part = shares[number, 1] * held[place, AMOUNT]
            amounts[to, AMOUNT] += part
            number_of[QUEUE_SIZE - 1] = max(0.0, part)
            best = queue[QUEUE_SIZE - 1] >> _HALF << _HALF | (ROOT - 1 - place)
            cells[to, BEST] = max(cells[to, BEST], best)
            mark(to, words, summary)
            top = max(top, to >> BLOCK_SHIFT)


@njit(cache=True)
def forget(cells: Int64s, words: Uint64s, summary: Uint64s) -> None:
    """Empty the set and clear its nodes' rows, after a sweep that was given up."""
    for block in range(len(summary)):
        while summary[block] != 0:
            word = (block << WORD_SHIFT) + lowest_bit(summary[block])
            while words[word] != 0:
                cells[(word << WORD_SHIFT) + lowest_bit(words[word]), :] = 0
                words[word] &= words[word] - np.uint64(1)
            summary[block] &= summary[block] - np.uint64(1)


@njit(cache=True)
def hand_over(nodes: Int64s, rows: Int64s, cells: Int64s, words: Uint64s, summary: Uint64s) -> None:
    """Go on at nodes that stand for those of the layer before, with the rows of those."""
    amounts, held = cells.view(np.float64), rows.view(np.float64)
    for number in range(len(nodes)):
        node = nodes[number]
        amounts[node, AMOUNT] += held[number, AMOUNT]
        cells[node, BEST] = max(cells[node, BEST], rows[number, BEST] | ROOT)
        if cells.shape[1] == TIMED_ROW:
            cells[node, LEAD] = max(cells[node, LEAD], rows[number, LEAD])
        mark(node, words, summary)


@njit(cache=True)
def measure(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    nodes: Int32s,
    indptr: Uint32s,
    link: Uint32s,
    when: Uint32s,
    instants: Int64s,
    backward: bool,
    tally: Int64s,
    leads: Int64s,
    hops: Int32s,
) -> None:
    """Tell when the taint of each node of a plain cone began, and its fewest hops.

    Parameters
    ----------
    nodes
        The nodes reached, ascending.
    tally
        Shape ``(all nodes, TALLY)``: lead, and ``ROOT`` less hops, where the walk begins, and
        zero elsewhere; all zero on return.
    leads, hops
        Output, by place in ``nodes``; leads in microseconds before the end of time.
    """
    for place in range(len(nodes)):
        node = nodes[place]
        lead, near = tally[node, 0], tally[node, 1]
        tally[node, 0] = 0
        tally[node, 1] = 0
        leads[place] = lead
        hops[place] = ROOT - near
        for number in range(int(np.int64(indptr[node])), int(np.int64(indptr[node + 1]))):
            head = int(np.int64(link[number, 0]))
            since = lead
            if head & CLASS_BITS != CARRIED:
                later = int(np.int64(when[number]))
                since = END + instants[later - 1] if backward else END - instants[-later]
            if lead < since:
                continue
            to = head >> FLAG_BITS
            tally[to, 0] = max(tally[to, 0], since)
            tally[to, 1] = max(tally[to, 1], near - (1 if head & HOP_BIT else 0))


@njit(cache=True)
def tally_starts(nodes: Int64s, leads: Int64s, hops: Int64s, tally: Int64s) -> None:
    """Note for ``measure`` where the walk begins."""
    for number in range(len(nodes)):
        node = nodes[number]
        tally[node, 0] = max(tally[node, 0], leads[number])
        tally[node, 1] = max(tally[node, 1], ROOT - hops[number])
