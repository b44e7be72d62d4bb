"""Compiled inner loops of graph building, behind plain arrays."""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

UNORDERED: Final = -1


@njit(cache=True)
def topological_levels(
    indptr: NDArray[np.int64],
    target: NDArray[np.int32],
    waiting: NDArray[np.int64],
    by_time: NDArray[np.int64],
    level: NDArray[np.int64],
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
    queue = np.empty(count, np.int64)
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
