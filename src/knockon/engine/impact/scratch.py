"""Memory that walks lend each other, so that a small cone costs little in a large graph."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from knockon.engine.graph.states import Layer
from knockon.engine.impact._bits import BLOCK_SHIFT, WORD_SHIFT
from knockon.engine.impact._kernels import CELL
from knockon.engine.impact._plain_kernels import QUEUE_SIZE, TALLY, TIMED_ROW, UNTIMED_ROW

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]

_LARGE = 16
"""A cone of more than one node in so many is large."""


class Scratch:
    """Memory of a walk through one layer, all zero between walks.

    What is not used takes no memory: the system gives a page when it is first touched.
    """

    def __init__(self, nodes: int) -> None:
        self._nodes = nodes
        self.words = np.zeros((nodes >> WORD_SHIFT) + 1, dtype=np.uint64)
        self.summary = np.zeros((nodes >> BLOCK_SHIFT) + 1, dtype=np.uint64)
        self.reached = np.empty(nodes, dtype=np.int32)
        self.queue = np.zeros(QUEUE_SIZE, dtype=np.int64)

    @cached_property
    def cells(self) -> Int64s:
        """Rows of a walk with doubts."""
        return np.zeros((self._nodes, CELL), dtype=np.int64)

    @cached_property
    def rows(self) -> Int64s:
        """Room for its result."""
        return np.empty((self._nodes, CELL), dtype=np.int64)

    def taken_over(self, found: int, *, timed: bool) -> tuple[Int32s, Int64s]:
        """Return the nodes and rows that a plain walk found, for it to keep.

        Of a large cone the memory itself is handed over, and the next walk takes other.
        """
        _, rows = self.plain(timed=timed)
        nodes = self.reached
        if found * _LARGE < self._nodes:
            return nodes[:found].copy(), rows[:found].copy()
        self.reached = np.empty(self._nodes, dtype=np.int32)
        del self.__dict__["timed_rows" if timed else "untimed_rows"]
        return nodes[:found], rows[:found]

    def plain(self, *, timed: bool) -> tuple[Int64s, Int64s]:
        """Return rows of a plain walk and room for its result."""
        if timed:
            return self.timed, self.timed_rows
        return self.untimed, self.untimed_rows

    @cached_property
    def untimed(self) -> Int64s:
        """Rows of a plain walk from seeds that always were suspect."""
        return np.zeros((self._nodes, UNTIMED_ROW), dtype=np.int64)

    @cached_property
    def untimed_rows(self) -> Int64s:
        """Room for its result."""
        return np.empty((self._nodes, UNTIMED_ROW), dtype=np.int64)

    @cached_property
    def timed(self) -> Int64s:
        """Rows of a plain walk from seeds with times."""
        return np.zeros((self._nodes, TIMED_ROW), dtype=np.int64)

    @cached_property
    def timed_rows(self) -> Int64s:
        """Room for its result."""
        return np.empty((self._nodes, TIMED_ROW), dtype=np.int64)

    @cached_property
    def tally(self) -> Int64s:
        """Leads and hops of a plain walk."""
        return np.zeros((self._nodes, TALLY), dtype=np.int64)


def borrow(layer: Layer) -> Scratch:
    """Take memory for a walk through the layer; whoever has done with it gives it back."""
    # Taking from and adding to a list is atomic: walks in other threads take other memory.
    try:
        scratch = layer.scratch.pop()
    except IndexError:
        return Scratch(layer.links.nodes)
    assert isinstance(scratch, Scratch)
    return scratch


def give_back(layer: Layer, scratch: Scratch) -> None:
    """Lend the memory, all zero again, to the next walk."""
    layer.scratch.append(scratch)
