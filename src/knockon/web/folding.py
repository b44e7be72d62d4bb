"""Folding of a picture with more nodes than a person reads into boxes that open.

A layer of few nodes is drawn as it is. Of a crowded layer the worst paths are drawn, and all other
nodes of one machine, item, tier or customer become one box with their count. Opening a box draws
its worst members and keeps the rest folded, so that a picture never grows beyond what its window
can show.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import QueryDict

from knockon.domain.links import LinkClass
from knockon.web.ripple_graph import Graph, Node, name_of

ROOM = 14
"""Boxes in a folded layer: what a window of 800 px shows without scrolling."""

WORST_PATHS = 5
"""Paths that are drawn whole, whatever is folded around them."""

OPENED_AT_ONCE = 40
MOST_OPENED = 400
"""Members that one box shows by and by; the list of orders has them all."""

OTHERS = "*"
"""Sort of a box in which small groups are put together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a reader opened and follows; it stands in the address."""

    opened: Mapping[str, int] = field(default_factory=dict)
    follow: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "View":
        """Return the view that an address asks for; what means nothing opens nothing."""
        opened = {}
        for value in query.getlist("open")[:OPENED_AT_ONCE]:
            count, _separator, box = value.partition(":")
            if count.isdecimal() and box:
                opened[box] = min(int(count), MOST_OPENED)
        return cls(opened=opened, follow=query.get("follow", ""))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Names and values that make an address or a form ask for this view."""
        followed = [("follow", self.follow)] if self.follow else []
        return [*followed, *(("open", f"{count}:{box}") for box, count in self.opened.items())]

    @property
    def query(self) -> str:
        """The view as part of an address."""
        return urlencode(self.pairs)

    def opening(self, box: "Box") -> "View":
        """Return the view with one more box open, or with more of it."""
        count = min(self.opened.get(box.name, 0) + OPENED_AT_ONCE, MOST_OPENED)
        return View(opened={**self.opened, box.name: count}, follow=self.follow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A node, or several folded into one; ``row`` counts from the top of its layer."""

    name: str
    layer: int
    row: int
    members: tuple[Node, ...]
    is_folded: bool
    sort: str = ""

    @property
    def link_class(self) -> LinkClass:
        """How well it is proven; several are as well proven as their weakest."""
        return max(node.link_class for node in self.members)


def folded(graph: Graph, *, view: View) -> tuple[list[Box], dict[str, str]]:
    """Return the boxes, layer by layer from the top, and the box that holds each node."""
    layers: dict[int, list[Node]] = defaultdict(list)
    for node in graph.nodes.values():
        layers[node.layer].append(node)
    worst = {name_of(step) for path in graph.paths[:WORST_PATHS] for step in path}
    boxes: list[Box] = []
    for layer in sorted(layers):
        boxes += _fold(layers[layer], worst=worst, view=view)
    return boxes, {node.name: box.name for box in boxes for node in box.members}


def links(
    edges: Mapping[tuple[str, str], LinkClass], box_of: Mapping[str, str]
) -> dict[tuple[str, str], LinkClass]:
    """Return the links between boxes; a bundle is as well proven as its weakest link."""
    found: dict[tuple[str, str], LinkClass] = {}
    for (source, target), link_class in edges.items():
        pair = (box_of[source], box_of[target])
        if pair[0] != pair[1]:
            found[pair] = max(link_class, found.get(pair, link_class))
    return found


def _fold(nodes: Sequence[Node], *, worst: set[str], view: View) -> list[Box]:
    """Return the boxes of one layer in their order from the top."""
    layer = nodes[0].layer
    ordered = sorted(nodes, key=lambda node: (node.mean_rank, node.name))
    if len(ordered) <= ROOM:
        groups = [((node.name, ""), [node]) for node in ordered]
        return _boxes(groups, layer=layer)
    kept = [node for node in ordered if node.name in worst][: ROOM // 2]
    single = {node.name for node in kept}
    rest = _grouped(node for node in ordered if node.name not in single)
    groups = [((node.name, ""), [node]) for node in kept]
    for (kind, sort), members in _few(rest, room=ROOM - len(kept)):
        name = f"{layer}:{kind}:{sort}"
        shown = view.opened.get(name, 0)
        groups += [((node.name, ""), [node]) for node in members[:shown]]
        folded_rest = members[shown:]
        if len(folded_rest) == 1:
            groups.append(((folded_rest[0].name, ""), folded_rest))
        elif folded_rest:
            groups.append(((name, sort), folded_rest))
    return _boxes(groups, layer=layer)


def _grouped(nodes: Iterable[Node]) -> list[tuple[tuple[str, str], list[Node]]]:
    """Return nodes by type and sort, the worst group first."""
    groups: dict[tuple[str, str], list[Node]] = {}
    for node in nodes:
        groups.setdefault((node.type, node.sort), []).append(node)
    return list(groups.items())


def _few(
    groups: Sequence[tuple[tuple[str, str], list[Node]]], *, room: int
) -> list[tuple[tuple[str, str], list[Node]]]:
    """Return at most so many groups: the worst as they are, the others of each type as one."""
    if len(groups) <= room:
        return list(groups)
    types = list(dict.fromkeys(kind for (kind, _sort), _members in groups))
    alone = max(room - len(types), 0)
    together: dict[tuple[str, str], list[Node]] = {(kind, OTHERS): [] for kind in types}
    for (kind, _sort), members in groups[alone:]:
        together[kind, OTHERS] += members
    return [*groups[:alone], *((key, members) for key, members in together.items() if members)]


def _boxes(groups: Iterable[tuple[tuple[str, str], list[Node]]], *, layer: int) -> list[Box]:
    return [
        Box(
            name=name,
            layer=layer,
            row=row,
            members=tuple(members),
            is_folded=len(members) > 1,
            sort=sort,
        )
        for row, ((name, sort), members) in enumerate(groups)
    ]
