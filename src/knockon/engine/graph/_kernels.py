"""Compiled inner loops of graph building, behind plain arrays."""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

UNORDERED: Final = -1


@njit(cache=True)
def topological_levels(
    indptr: NDArray[np.uint32],
    target: NDArray[np.int32],
    waiting: NDArray[np.int32],
    by_time: NDArray[np.int32],
    level: NDArray[np.int32],
    stamp: NDArray[np.int64],
) -> int:
    """Give every node a level above its sources', and a time no earlier than theirs.

    Parameters
    ----------
    indptr, target
        Links in CSR form, by source.
    waiting
        Links into each node; used up.
    by_time
        All nodes, earliest first: where a ring is opened when nothing else is free.
    level
        Output, ``UNORDERED`` on entry; 0 for nodes without sources.
    stamp
        Own time of each node; raised to the latest of its sources' where that is later.

    Returns
    -------
    int
        How many nodes were taken out of a ring before all their sources; 0 in an acyclic graph.

    Notes
    -----
    Kahn's algorithm, O(nodes + links).

    References
    ----------
    Kahn (1962), Topological sorting of large networks, CACM 5(11).
    """
    count = len(level)
    queue = np.empty(count, np.int32)
    filled = 0
    for node in by_time:
        if waiting[node] == 0:
            level[node] = 0
            queue[filled] = node
            filled += 1
    forced = 0
    done = 0
    oldest = 0
    while done < count:
        if done == filled:
            while level[by_time[oldest]] != UNORDERED and waiting[by_time[oldest]] <= 0:
                oldest += 1
            node = by_time[oldest]
            waiting[node] = 0
            level[node] = max(level[node], 0)
            queue[filled] = node
            filled += 1
            forced += 1
        node = queue[done]
        done += 1
        for link in range(indptr[node], indptr[node + 1]):
            to = int(target[link])
            if waiting[to] <= 0:
                continue
            level[to] = max(level[to], level[node] + 1)
            stamp[to] = max(stamp[to], stamp[node])
            waiting[to] -= 1
            if waiting[to] == 0:
                queue[filled] = to
                filled += 1
    return forced


@njit(cache=True)
def outer_times(
    source: NDArray[np.signedinteger],
    target: NDArray[np.signedinteger],
    earliest: NDArray[np.int64],
    latest: NDArray[np.int64],
    count: int,
    forever: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the greatest ``earliest`` into each of ``count`` ends and the least ``latest`` out.

    Where nothing comes in it is ``-forever``, where nothing leaves ``forever``.
    """
    last_in = np.full(count, -forever, np.int64)
    first_out = np.full(count, forever, np.int64)
    for link in range(len(source)):
        last_in[target[link]] = max(last_in[target[link]], earliest[link])
        first_out[source[link]] = min(first_out[source[link]], latest[link])
    return last_in, first_out


@njit(cache=True)
def arrange(
    source: NDArray[np.int32], target: NDArray[np.int32], nodes: int
) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Return the first link of each source, and the links by source, target and own number.

    Notes
    -----
    Two stable counting sorts, O(links + nodes).
    """
    count = len(source)
    by_target = np.empty(count, np.int32)
    place = np.zeros(nodes + 1, np.int64)
    for link in range(count):
        place[target[link] + 1] += 1
    for node in range(nodes):
        place[node + 1] += place[node]
    for link in range(count):
        by_target[place[target[link]]] = link
        place[target[link]] += 1
    order = np.empty(count, np.int32)
    offset = np.zeros(nodes + 1, np.uint32)
    place[:] = 0
    for link in range(count):
        place[source[link] + 1] += 1
    for node in range(nodes):
        place[node + 1] += place[node]
        offset[node + 1] = place[node + 1]
    for rank in range(count):
        link = int(by_target[rank])
        order[place[source[link]]] = link
        place[source[link]] += 1
    return offset, order


@njit(cache=True)
def partner_links(
    places: NDArray[np.int64],
    indptr: NDArray[np.uint32],
    link: NDArray[np.uint32],
    other_indptr: NDArray[np.uint32],
    other_link: NDArray[np.uint32],
    shift: int,
) -> NDArray[np.int64]:
    """Return where links lie in the layout of the other direction.

    Both lay a node's links out by the node at their other end, and links between the same two
    nodes in the same order.
    """
    last = len(indptr) - 2
    found = np.empty(len(places), np.int64)
    for number in range(len(places)):
        place = places[number]
        node = int(np.searchsorted(indptr, place, side="right")) - 1
        far = int(np.int64(link[place, 0])) >> shift
        first = _first_to(
            far, int(np.int64(indptr[node])), int(np.int64(indptr[node + 1])), link, shift
        )
        back = last - far
        begin = _first_to(
            last - node,
            int(np.int64(other_indptr[back])),
            int(np.int64(other_indptr[back + 1])),
            other_link,
            shift,
        )
        found[number] = begin + place - first
    return found


@njit(cache=True)
def _first_to(node: int, begin: int, end: int, link: NDArray[np.uint32], shift: int) -> int:
    """Return the first link from ``begin`` on, up to ``end``, that leads to the node or beyond."""
    while begin < end:
        middle = (begin + end) // 2
        if int(np.int64(link[middle, 0])) >> shift < node:
            begin = middle + 1
        else:
            end = middle
    return begin


@njit(cache=True)
def first_not_before(
    data: NDArray[np.uint8],
    offset: NDArray[np.int64],
    wanted: NDArray[np.uint8],
    begin: int,
    end: int,
) -> int:
    """Return the first of ascending texts between two places that does not sort before another.

    Parameters
    ----------
    data, offset
        The texts one after the other, and where each begins.
    """
    while begin < end:
        middle = (begin + end) // 2
        if _sorts_before(data, offset[middle], offset[middle + 1], wanted):
            begin = middle + 1
        else:
            end = middle
    return begin


@njit(cache=True)
def _sorts_before(data: NDArray[np.uint8], begin: int, end: int, wanted: NDArray[np.uint8]) -> bool:
    """Return whether a text comes before another, byte by byte."""
    for place in range(min(end - begin, len(wanted))):
        if data[begin + place] != wanted[place]:
            return bool(data[begin + place] < wanted[place])
    return end - begin < len(wanted)
