"""``knockon impact``, ``curve``, ``trace`` and ``why``."""

from argparse import Namespace
from typing import Any

from django.utils.translation import gettext as _

from knockon.apps.disruptions.answers.curves import curve_document
from knockon.apps.disruptions.answers.genealogy import trace_lot
from knockon.apps.disruptions.answers.impacts import impact_document, newer_facts, why
from knockon.apps.disruptions.answers.money import case_money
from knockon.apps.disruptions.reason_texts import check_text, effect_text
from knockon.apps.disruptions.selectors import load_disruption
from knockon.apps.production.selectors import load_order_line, load_order_lines, resolve_lot
from knockon.config.commands.asked import clock_of, read_lot, terminal_viewer
from knockon.config.commands.curve_tables import curve_parts
from knockon.config.commands.impact_tables import impact_parts, lot_name
from knockon.config.commands.money_tables import money_parts
from knockon.config.output import Outcome, Table
from knockon.domain.access import Viewer
from knockon.domain.facts import OrderLineKey
from knockon.domain.impact_document import gap_row, lot_row, order_row, path_rows
from knockon.domain.reasoning import Reasoning

_MOST_LOTS = 100_000


def run(given: Namespace) -> Outcome:
    """Answer the question that was asked."""
    viewer = terminal_viewer()
    if given.command == "trace":
        return _trace(given, viewer)
    ask = {"impact": _impact, "curve": _curve, "why": _why}
    with clock_of(load_disruption(given.id, viewer=viewer).site_id):
        return ask[given.command](given, viewer)


def _impact(given: Namespace, viewer: Viewer) -> Outcome:
    document = impact_document(given.id, viewer=viewer, with_freed=given.cleared)
    parts = impact_parts(document, newer=newer_facts(given.id, viewer=viewer))
    if not given.as_json:
        parts += money_parts(case_money(given.id, viewer=viewer))
    return Outcome(document=document, parts=parts)


def _curve(given: Namespace, viewer: Viewer) -> Outcome:
    document = curve_document(given.id, viewer=viewer)
    return Outcome(document=document, parts=curve_parts(document))


def _trace(given: Namespace, viewer: Viewer) -> Outcome:
    lot = resolve_lot(read_lot(given.lot))
    found = trace_lot(lot, is_forward=given.forward, viewer=viewer, limit=_MOST_LOTS)
    rows = [{**lot_row(each.lot), "path": path_rows(each.path)} for each in found.lots]
    document = {
        "lot": {"issuer": lot.issuer, "item": lot.item, "lot": lot.lot},
        "direction": "forward" if given.forward else "backward",
        "lots": rows,
        "gaps": [gap_row(gap) for gap in found.gaps],
        "is_whole": found.is_whole,
        "elsewhere": found.elsewhere,
        "snapshot": str(found.snapshot),
    }
    table = Table(
        headings=[_("Steps"), _("Lot"), _("Proof"), _("Quantity"), _("Unit"), _("Place")],
        rows=[
            [row["hops"], lot_name(row), row["class"], row["qty"], row["uom"], row["place"]]
            for row in rows
        ],
        title=_("%(count)s lots") % {"count": len(rows)},
    )
    return Outcome(document=document, parts=[table])


def _why(given: Namespace, viewer: Viewer) -> Outcome:
    plant = load_disruption(given.id, viewer=viewer).site_id
    answers = [
        why(given.id, line, viewer=viewer) for line in _lines(given.order, plant, viewer=viewer)
    ]
    document: Any = [_reasoned(answer) for answer in answers]
    parts: list[Table | str] = []
    for answer in answers:
        parts += _told(answer)
    return Outcome(document=document[0] if len(document) == 1 else document, parts=parts)


def _lines(text: str, plant: str, *, viewer: Viewer) -> list[OrderLineKey]:
    whole_order = load_order_lines(viewer=viewer).filter(site_id=plant, order=text)
    found = list(whole_order.order_by("line"))
    if not found:
        found = [load_order_line(plant, text, viewer=viewer)]
    return [OrderLineKey(row.site_id, row.order, row.line) for row in found]


def _reasoned(answer: Reasoning) -> dict[str, Any]:
    return {
        "order": answer.order_line.order,
        "line": answer.order_line.line,
        "is_hit": answer.is_hit,
        "row": None if answer.row is None else order_row(answer.row),
        "checks": [{"code": check.code, "params": dict(check.params)} for check in answer.checks],
    }


def _told(answer: Reasoning) -> list[Table | str]:
    name = f"{answer.order_line.order}/{answer.order_line.line}"
    if answer.row is None:
        title = _("%(order)s is not hit.") % {"order": name}
    else:
        effects = ", ".join(effect_text(effect.value) for effect in answer.row.effects)
        title = _("%(order)s is hit: %(effects)s.") % {"order": name, "effects": effects}
    return [title, *(f"  · {check_text(check)}" for check in answer.checks), ""]
