"""A lot's genealogy as a layered picture and as rows."""

from typing import Any

from django.utils.translation import gettext as _

from knockon.apps.disruptions.answers.genealogy import LotGenealogy, TracedLot
from knockon.domain.facts import LotKey
from knockon.domain.impact import StepType
from knockon.web.subjects import lot_url
from knockon.web.wording import quantity_text

MOST_DRAWN = 80
"""More lots than this make a picture nobody reads; the list has them all."""


def genealogy_picture(
    lot: LotKey, genealogy: LotGenealogy, *, is_forward: bool
) -> dict[str, Any] | None:
    """Return the picture of the nearest lots, the traced one first or last; None when alone."""
    drawn = genealogy.lots[:MOST_DRAWN]
    if not drawn:
        return None
    deepest = max(each.lot.hops for each in drawn)
    nodes = [_node(lot, layer=0 if is_forward else deepest, note=_("this lot"), tone="hit")]
    nodes += [
        _node(
            each.lot.key,
            layer=each.lot.hops if is_forward else deepest - each.lot.hops,
            note=each.lot.key.item,
            link_class=each.lot.link_class.name,
        )
        for each in drawn
    ]
    used = sorted({node["layer"] for node in nodes})
    for node in nodes:
        node["layer"] = used.index(node["layer"])
    known = {node["id"] for node in nodes}
    edges = {}
    for each in drawn:
        before, link_class = _before(each, lot)
        if _id(before) not in known:
            before = lot
        pair = (_id(before), _id(each.lot.key))
        edges[pair if is_forward else pair[::-1]] = link_class
    return {
        "label": _("Where the lot's material went") if is_forward else _("What the lot came from"),
        "layers": [
            {"label": _layer(index, count=len(used), is_forward=is_forward)}
            for index in range(len(used))
        ],
        "nodes": nodes,
        "edges": [
            {"source": source, "target": target, "class": link_class}
            for (source, target), link_class in edges.items()
        ],
    }


def genealogy_rows(genealogy: LotGenealogy) -> list[dict[str, Any]]:
    """Return the lots as the list under the picture shows them."""
    return [
        {
            "layer": each.lot.hops,
            "label": each.lot.key.lot,
            "note": f"{each.lot.key.item} {quantity_text(each.lot.qty, each.lot.uom)}",
            "link_class": each.lot.link_class.name,
            "url": lot_url(each.lot.key),
        }
        for each in genealogy.lots
    ]


def _before(each: TracedLot, lot: LotKey) -> tuple[LotKey, str]:
    """Return the lot right before this one on its path, and how well the way between is proven."""
    steps = [step for step in each.path if step.type is StepType.LOT]
    link_class = each.lot.link_class.name
    if len(steps) < 2:
        return lot, link_class
    return LotKey(*steps[-2].key.split("/", 2)), steps[-1].link_class.name


def _node(
    key: LotKey, *, layer: int, note: str, link_class: str = "CONFIRMED", tone: str = ""
) -> dict[str, Any]:
    node: dict[str, Any] = {
        "id": _id(key),
        "layer": layer,
        "label": key.lot,
        "note": note,
        "type": "lot",
        "class": link_class,
        "href": lot_url(key),
    }
    if tone:
        node["tone"] = tone
    return node


def _id(key: LotKey) -> str:
    return "/".join(key)


def _layer(index: int, *, count: int, is_forward: bool) -> str:
    step = index if is_forward else count - 1 - index
    return _("This lot") if step == 0 else _("Step %(step)s") % {"step": step}
