"""The ripple picture: cause, machine or lot, operation, work order, order, customer, in layers.

The picture is merged from the explanation paths of the order lines, of which a long queue of
operations shows only its first and its last. A node stands one layer after the furthest node that
leads to it, so that every line of the picture points to the right; orders and customers stand in
the last two layers. Rows follow the document's order: the worst at the top. What does not fit is
folded (``folding``), and words are made only for what is drawn.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from knockon.apps.disruptions.reason_texts import step_text
from knockon.web.folding import OTHERS, Box, View, folded, links
from knockon.web.paths import key_label, step_label, step_url
from knockon.web.ripple_graph import Graph, Node, Row, build_graph, name_of
from knockon.web.wording import number_text, span_text

MOST_NODES = 5000
"""Of what is beyond this, the list of orders tells."""

_TONES = {"SUSPECT_SHIPPED": "s1", "SUSPECT_ON_HAND": "s2", "SHORT": "s2", "LATE": "s2"}
_LATE = "LATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ripple:
    """A picture as its island reads it, and what is said around it."""

    picture: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    """The same boxes for the list under the picture."""
    orders: Sequence[Row]
    """The order lines that are drawn, the worst first."""
    order_count: int
    node_count: int
    followed: str
    """What is followed, in words; empty when everything is drawn."""


def ripple(document: Mapping[str, Any], *, plant: str, view: View) -> Ripple | None:
    """Return the picture of a document's order lines, or None when there is none to draw.

    Parameters
    ----------
    view
        Which boxes are open, and which node is followed: then only the order lines whose path
        takes it are drawn. A node that is not there is not followed.
    """
    orders = [row for row in document["orders"] if row["path"] and row["class"] != "CLEARED"]
    if not orders:
        return None
    machines = {
        f"{row['work_order']}/{row['seq']}": row["equipment"] for row in document["operations"]
    }
    graph = build_graph(orders, machines=machines, most_nodes=MOST_NODES)
    drawn = orders[: len(graph.paths)]
    followed = ""
    if view.follow in graph.nodes:
        followed = _label(graph.nodes[view.follow])
        drawn = [
            row
            for row, path in zip(drawn, graph.paths, strict=True)
            if any(name_of(step) == view.follow for step in path)
        ]
        graph = build_graph(drawn, machines=machines, most_nodes=MOST_NODES)
    else:
        view = View(opened=view.opened)
    boxes, box_of = folded(graph, view=view)
    severity = document["disruption"]["severity"].lower()
    nodes = [_drawn(box, plant=plant, severity=severity, view=view) for box in boxes]
    if any(box.is_folded for box in boxes) or followed:
        _let_follow(nodes, boxes, view=view)
    return Ripple(
        picture={
            "label": _("How the trouble reaches the customers"),
            "layers": _headings(graph),
            "nodes": nodes,
            "edges": [
                {"source": source, "target": target, "class": link_class.name}
                for (source, target), link_class in links(graph.edges, box_of).items()
            ],
        },
        rows=_listed(nodes, boxes),
        orders=drawn,
        order_count=len(orders),
        node_count=len(graph.nodes),
        followed=followed,
    )


def _headings(graph: Graph) -> list[dict[str, str]]:
    """Return what stands in each layer, most frequent first."""
    kinds: dict[int, Counter[str]] = defaultdict(Counter)
    for node in graph.nodes.values():
        kinds[node.layer][node.type] += 1
    return [
        {"label": " · ".join(step_text(kind) for kind, _count in kinds[layer].most_common(2))}
        for layer in sorted(kinds)
    ]


def _drawn(box: Box, *, plant: str, severity: str, view: View) -> dict[str, Any]:
    """Return a box as the island draws it."""
    node = box.members[0]
    drawn: dict[str, Any] = {
        "id": box.name,
        "layer": box.layer,
        "y": box.row,
        "label": _folded_label(box) if box.is_folded else _label(node),
        "note": _folded_note(box) if box.is_folded else step_text(node.type),
        "type": node.type,
        "class": box.link_class.name,
    }
    if node.type == "cause":
        drawn["tone"] = severity
    if box.is_folded:
        drawn["count"] = len(box.members)
        drawn["ask"] = view.opening(box).query
    else:
        drawn["href"] = step_url(node.type, node.key, plant=plant)
    if node.type == "order":
        effects = node.first["effects"]
        drawn["tone"] = _TONES.get(effects[0] if effects else "", "hit")
        if node.first["late_s"] and not box.is_folded:
            drawn["note"] = _("%(span)s late") % {"span": span_text(node.first["late_s"])}
    return drawn


def _let_follow(nodes: Sequence[dict[str, Any]], boxes: Sequence[Box], *, view: View) -> None:
    """Say what to ask for to see one node's paths alone, or everything again.

    In a picture without folded boxes the island sees all of a path by itself.
    """
    for drawn, box in zip(nodes, boxes, strict=True):
        if not box.is_folded:
            drawn["ask"] = "" if box.name == view.follow else View(follow=box.name).query


def _listed(nodes: Sequence[Mapping[str, Any]], boxes: Sequence[Box]) -> list[dict[str, Any]]:
    return [
        {
            "kind": step_text(box.members[0].type),
            "label": drawn["label"],
            "note": drawn["note"],
            "link_class": drawn["class"],
            "url": drawn.get("href", ""),
            "ask": drawn.get("ask", ""),
            "is_folded": box.is_folded,
        }
        for drawn, box in zip(nodes, boxes, strict=True)
    ]


def _label(node: Node) -> str:
    return step_label(node.type, node.key, via=node.via)


def _folded_label(box: Box) -> str:
    node = box.members[0]
    if box.sort == OTHERS:
        return _("Others")
    if not box.sort:
        return step_text(node.type)
    if node.type == "customer":
        return _("Tier %(tier)s") % {"tier": box.sort}
    return key_label(node.type, box.sort)


def _folded_note(box: Box) -> str:
    node = box.members[0]
    named = {"count": number_text(len(box.members)), "kind": step_text(node.type)}
    late = sum(_LATE in each.first["effects"] for each in box.members)
    if node.type != "order" or not late:
        return _("%(kind)s: %(count)s") % named
    return _("%(kind)s: %(count)s, %(late)s late") % {**named, "late": number_text(late)}
