"""Explanation paths merged into one graph in layers, before anything of it is folded or worded."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from knockon.domain.links import LinkClass

MOST_IN_A_RUN = {"lot": 5}
"""How many steps of one type in a row are drawn; two of any other type."""

MOST_LAYERS = 12
"""More layers than this are read by nobody: then each run of one type shows its last step alone."""

_END_TYPES = ("order", "customer")
_LOT_PARTS = 3

Row = Mapping[str, Any]
"""An order line, or a step of its path, as in the impact document."""


@dataclass(slots=True, kw_only=True)
class Node:
    """A step that some path takes; ``first`` is the worst order line on whose path it is."""

    name: str
    type: str
    key: str
    via: str
    link_class: LinkClass
    first: Row
    sort: str = ""
    """What it is folded with: its machine, item, tier or customer."""
    layer: int = 0
    ranks_sum: int = 0
    ranks_count: int = 0

    @property
    def mean_rank(self) -> float:
        """Mean place of the order lines that it leads to."""
        return self.ranks_sum / self.ranks_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """All nodes in the order in which they are met, and their links with the best proof."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str], LinkClass] = field(default_factory=dict)
    paths: list[list[Row]] = field(default_factory=list)


def name_of(step: Row) -> str:
    """Return the name of the node that a step is."""
    return f"{step['type']}:{step['key']}"


def build_graph(
    orders: Sequence[Row], *, machines: Mapping[str, str | None], most_nodes: int
) -> Graph:
    """Return the graph of the worst order lines' paths, of at most so many nodes and one path more.

    ``machines`` tells where an operation runs.
    """
    graph = _merged(orders, machines=machines, most_nodes=most_nodes, is_short=False)
    if max(node.layer for node in graph.nodes.values()) < MOST_LAYERS:
        return graph
    return _merged(orders, machines=machines, most_nodes=most_nodes, is_short=True)


def shortened(steps: Sequence[Row], *, is_short: bool = False) -> list[Row]:
    """Return a path of which long runs of one type show only their beginning and their end.

    The end is as well proven as the weakest step that was left out. ``is_short`` keeps the end
    alone.
    """
    kept: list[Row] = []
    for kind, group in groupby(steps, key=lambda step: str(step["type"])):
        run = list(group)
        most = 1 if is_short else MOST_IN_A_RUN.get(kind, 2)
        if len(run) <= most:
            kept += run
            continue
        weakest = max(run[most - 1 :], key=lambda step: LinkClass[step["class"]])
        kept += [*run[: most - 1], {**run[-1], "class": weakest["class"]}]
    return kept


def _merged(
    orders: Sequence[Row], *, machines: Mapping[str, str | None], most_nodes: int, is_short: bool
) -> Graph:
    graph = Graph()
    for rank, row in enumerate(orders):
        if len(graph.nodes) >= most_nodes:
            break
        path = shortened(row["path"], is_short=is_short)
        graph.paths.append(path)
        _add(graph, path, rank=rank, row=row, machines=machines)
    _lay(graph)
    return graph


def _add(
    graph: Graph, path: Sequence[Row], *, rank: int, row: Row, machines: Mapping[str, str | None]
) -> None:
    """Put one path into the graph; a link met twice keeps its best proof."""
    before = ""
    for step in path:
        name = name_of(step)
        found = LinkClass[step["class"]]
        node = graph.nodes.get(name)
        if node is None:
            node = graph.nodes[name] = Node(
                name=name,
                type=step["type"],
                key=str(step["key"]),
                via=step["via"] or "",
                link_class=found,
                first=row,
                sort=_sort(step, row=row, machines=machines),
            )
        node.ranks_sum += rank
        node.ranks_count += 1
        if before and before != name:
            graph.edges[before, name] = min(found, graph.edges.get((before, name), found))
        before = name


def _sort(step: Row, *, row: Row, machines: Mapping[str, str | None]) -> str:
    """Return what a step is folded with."""
    kind, key = step["type"], str(step["key"])
    if kind == "operation":
        return machines.get(key) or ""
    if kind == "lot" and key.count("/") >= _LOT_PARTS - 1:
        return key.split("/", _LOT_PARTS - 1)[1]
    if kind in {"order", "work_order"}:
        return row["item"] or ""
    if kind == "customer":
        return row["tier"] or ""
    return (row["customer"] or "") if kind == "shipment" else ""


def _lay(graph: Graph) -> None:
    """Give every node its layer: longest way from the cause, orders and customers last.

    Kahn's order, O(nodes + links). A loop of rework is entered at its node that was met first.
    """
    following: dict[str, list[str]] = defaultdict(list)
    waits_for: dict[str, int] = defaultdict(int)
    for source, target in graph.edges:
        following[source].append(target)
        waits_for[target] += 1
    left = dict(graph.nodes)
    ready = [name for name in left if not waits_for[name]]
    while left:
        name = ready.pop() if ready else next(iter(left))
        node = left.pop(name, None)
        if node is None:
            continue
        for target in following[name]:
            if target in left:
                left[target].layer = max(left[target].layer, node.layer + 1)
                waits_for[target] -= 1
                if not waits_for[target]:
                    ready.append(target)
    _close_ranks(graph)


def _close_ranks(graph: Graph) -> None:
    """Put orders and customers into the last layers and leave no layer empty."""
    inner = [node.layer for node in graph.nodes.values() if node.type not in _END_TYPES]
    last = max(inner, default=-1)
    for node in graph.nodes.values():
        if node.type in _END_TYPES:
            node.layer = last + 1 + _END_TYPES.index(node.type)
    used = {layer: at for at, layer in enumerate(sorted({n.layer for n in graph.nodes.values()}))}
    for node in graph.nodes.values():
        node.layer = used[node.layer]
