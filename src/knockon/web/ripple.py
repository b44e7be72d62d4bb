"""The ripple picture: cause, machine or lot, operation, work order, order, customer, in layers.

The picture is merged from the explanation paths of the order lines, of which a long queue of
operations shows only its first and its last. A node stands one layer after the furthest node that
leads to it, so that every line of the picture points to the right; orders and customers stand in
the last two layers. Rows follow the document's order: the worst at the top.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from knockon.domain.links import LinkClass
from knockon.web.impact_rows import OrderRow
from knockon.web.paths import Step

MOST_ORDERS = 40
"""More order lines than this make a picture nobody reads; the list has them all."""

MOST_IN_A_RUN = {"lot": 5}
"""How many steps of one type in a row are drawn; two of any other type."""

_END_TYPES = ("order", "customer")
_TONES = {"SUSPECT_SHIPPED": "s1", "SUSPECT_ON_HAND": "s2", "SHORT": "s2", "LATE": "s2"}


@dataclass(slots=True, kw_only=True)
class _Node:
    step: Step
    ranks: list[int] = field(default_factory=list)
    order: OrderRow | None = None
    layer: int = 0


def ripple(orders: Sequence[OrderRow], *, severity: str) -> dict[str, Any] | None:
    """Return the picture of the worst order lines, or None when there is none to draw."""
    drawn = [row for row in orders if row.steps][:MOST_ORDERS]
    if not drawn:
        return None
    nodes, edges = _merge(drawn)
    _place(nodes, edges)
    rows = _rows(nodes)
    return {
        "label": _("How the trouble reaches the customers"),
        "layers": _layers(nodes),
        "nodes": [
            _node(name, node, row=rows[name], severity=severity) for name, node in nodes.items()
        ],
        "edges": [
            {"source": source, "target": target, "class": link_class.name}
            for (source, target), link_class in edges.items()
        ],
    }


def shortened(steps: Sequence[Step]) -> list[Step]:
    """Return a path of which long runs of one type show only their beginning and their end.

    The end is as well proven as the weakest step that was left out.
    """
    kept: list[Step] = []
    for _kind, group in groupby(steps, key=lambda step: step.type):
        run = list(group)
        most = MOST_IN_A_RUN.get(run[0].type, 2)
        if len(run) <= most:
            kept += run
            continue
        weakest = max(run[most - 1 :], key=lambda step: LinkClass[step.link_class])
        kept += [*run[: most - 1], replace(run[-1], link_class=weakest.link_class)]
    return kept


def _name(step: Step) -> str:
    return f"{step.type}:{step.key}"


def _merge(
    orders: Sequence[OrderRow],
) -> tuple[dict[str, _Node], dict[tuple[str, str], LinkClass]]:
    """Return the nodes and links of all paths; a link met twice keeps its best proof."""
    nodes: dict[str, _Node] = {}
    edges: dict[tuple[str, str], LinkClass] = {}
    for rank, row in enumerate(orders):
        before: str | None = None
        for step in shortened(row.steps):
            name = _name(step)
            node = nodes.setdefault(name, _Node(step=step))
            node.ranks.append(rank)
            if step.type == "order":
                node.order = row
            if before is not None and before != name:
                found = LinkClass[step.link_class]
                edges[(before, name)] = min(found, edges.get((before, name), found))
            before = name
    return nodes, edges


def _place(nodes: Mapping[str, _Node], edges: Mapping[tuple[str, str], LinkClass]) -> None:
    """Give every node its layer: longest way from the cause, orders and customers last."""
    following = defaultdict(list)
    for source, target in edges:
        following[source].append(target)
    # A loop of rework would push its nodes for ever: nothing is longer than all nodes in a row.
    for _round in range(len(nodes)):
        moved = False
        for name, node in nodes.items():
            for target in following[name]:
                if nodes[target].layer <= node.layer < len(nodes):
                    nodes[target].layer = node.layer + 1
                    moved = True
        if not moved:
            break
    inner = [node.layer for node in nodes.values() if node.step.type not in _END_TYPES]
    last = max(inner, default=-1)
    for node in nodes.values():
        if node.step.type in _END_TYPES:
            node.layer = last + 1 + _END_TYPES.index(node.step.type)
    used = sorted({node.layer for node in nodes.values()})
    for node in nodes.values():
        node.layer = used.index(node.layer)


def _rows(nodes: Mapping[str, _Node]) -> dict[str, int]:
    """Return each node's row in its layer: by the mean rank of the orders it leads to."""
    layers: dict[int, list[str]] = defaultdict(list)
    for name, node in nodes.items():
        layers[node.layer].append(name)
    rows: dict[str, int] = {}
    for names in layers.values():
        names.sort(key=lambda name: (_mean(nodes[name].ranks), name))
        rows.update({name: row for row, name in enumerate(names)})
    return rows


def _mean(ranks: Sequence[int]) -> float:
    return sum(ranks) / len(ranks)


def _layers(nodes: Mapping[str, _Node]) -> list[dict[str, str]]:
    """Return the headings: what stands in each layer, most frequent first."""
    kinds: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for node in nodes.values():
        kinds[node.layer][node.step.kind] += 1
    headings = []
    for layer in sorted(kinds):
        found = sorted(kinds[layer].items(), key=lambda pair: (-pair[1], pair[0]))
        headings.append({"label": " · ".join(kind for kind, _count in found[:2])})
    return headings


def _node(name: str, node: _Node, *, row: int, severity: str) -> dict[str, Any]:
    step = node.step
    drawn: dict[str, Any] = {
        "id": name,
        "layer": node.layer,
        "y": row,
        "label": step.label,
        "note": step.kind,
        "type": step.type,
        "class": step.link_class,
        "href": step.url,
    }
    if step.type == "cause":
        drawn["tone"] = severity.lower()
    if node.order is not None:
        worst = node.order.effects[0] if node.order.effects else ""
        drawn["tone"] = _TONES.get(worst, "hit")
        if node.order.late:
            drawn["note"] = _("%(span)s late") % {"span": node.order.late}
    return drawn
