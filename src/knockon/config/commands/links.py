"""``knockon window`` and ``gaps``: what a suspect window may be, and where records do not say."""

from argparse import Namespace
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from knockon.apps.disruptions.answers.gaps import broken_links
from knockon.apps.disruptions.answers.windows import case_windows
from knockon.apps.disruptions.reason_texts import gap_text
from knockon.apps.disruptions.reason_texts.windows import evidence_text
from knockon.apps.disruptions.selectors import load_disruption
from knockon.config.commands.asked import chosen_site, clock_of, terminal_viewer
from knockon.config.commands.impact_tables import moment
from knockon.config.output import Outcome, Table
from knockon.domain.access import Viewer
from knockon.domain.broken_links import BrokenLink
from knockon.domain.facts import LotKey
from knockon.domain.impact_document import decimal_text, instant_text
from knockon.domain.suspect_window import (
    HitLine,
    HitLot,
    WeighedWindows,
    WindowChoice,
    WindowEdge,
    WindowSubject,
)

_MOST_ROWS = 60


def run(given: Namespace) -> Outcome:
    """Answer the question that was asked."""
    ask = {"window": _window, "gaps": _gaps}
    return ask[given.command](given, terminal_viewer())


def _window(given: Namespace, viewer: Viewer) -> Outcome:
    with clock_of(load_disruption(given.id, viewer=viewer).site_id):
        return _weighed(given.id, case_windows(given.id, viewer=viewer).weighed)


def _weighed(disruption_id: int, weighed: WeighedWindows) -> Outcome:
    document = {
        "disruption": str(disruption_id),
        "subject": _subject(weighed.subject),
        "start": _edge(weighed.start),
        "end": _edge(weighed.end),
        "lots": weighed.lots,
        "order_lines": weighed.lines,
        "starts": [_choice(each) for each in weighed.starts],
        "ends": [_choice(each) for each in weighed.ends],
        "named_lots_only": _choice(weighed.named_only) if weighed.named_only else None,
    }
    return Outcome(document=document, parts=_window_parts(weighed))


def _subject(subject: WindowSubject | None) -> dict[str, Any] | None:
    if subject is None:
        return None
    return {
        "equipment": list(subject.equipment),
        "tool": subject.tool,
        "cavity": subject.cavity,
    }


def _edge(edge: WindowEdge | None) -> dict[str, Any] | None:
    if edge is None:
        return None
    return {
        "at": instant_text(edge.at) if edge.at else None,
        "evidence": edge.kind.value,
        "class": edge.link_class.name,
        "of": edge.ref,
        "characteristic": edge.characteristic,
    }


def _choice(choice: WindowChoice) -> dict[str, Any]:
    cost = choice.cost
    return {
        "start": instant_text(choice.start) if choice.start else None,
        "end": instant_text(choice.end) if choice.end else None,
        "by": _edge(choice.by_start if choice.by_start is not None else choice.by_end),
        "in_force": choice.is_chosen,
        "proposed": choice.is_proposed,
        "narrower": choice.is_narrower,
        "added_lots": [_lot(each) for each in cost.added_lots],
        "freed_lots": [_lot(each) for each in cost.freed_lots],
        "added_order_lines": [_line(each) for each in cost.added_lines],
        "freed_order_lines": [_line(each) for each in cost.freed_lines],
    }


def _lot(lot: HitLot) -> dict[str, Any]:
    return {
        **_key(lot.key),
        "class": lot.link_class.name,
        "qty_at_risk": _amount(lot.qty),
        "uom": lot.uom,
    }


def _line(line: HitLine) -> dict[str, Any]:
    return {
        "order": line.key.order,
        "line": line.key.line,
        "customer": line.customer,
        "item": line.item,
        "class": line.link_class.name,
        "qty_at_risk": _amount(line.qty),
        "uom": line.uom,
    }


def _key(lot: LotKey) -> dict[str, str]:
    return {"issuer": lot.issuer, "item": lot.item, "lot": lot.lot}


def _amount(qty: Decimal | None) -> str | None:
    return None if qty is None else decimal_text(qty)


def _window_parts(weighed: WeighedWindows) -> list[Table | str]:
    if weighed.proposal is None:
        return [_("There is no suspect window to choose in this case.")]
    parts: list[Table | str] = [
        _("The window in force hits %(lots)s lots and %(lines)s order lines.")
        % {"lots": weighed.lots, "lines": weighed.lines},
        "",
        _choices(weighed.starts, title=_("It may have begun"), is_start=True),
    ]
    if weighed.ends:
        parts += ["", _choices(weighed.ends, title=_("It may have ended"), is_start=False)]
    return parts


def _choices(choices: Sequence[WindowChoice], *, title: str, is_start: bool) -> Table:
    rows = []
    for choice in choices:
        edge = choice.by_start if is_start else choice.by_end
        mark = _("in force") if choice.is_chosen else _("proposed") if choice.is_proposed else ""
        rows.append(
            [
                moment(instant_text(edge.at)) if edge and edge.at else "",
                evidence_text(edge, is_start=is_start) if edge else "",
                edge.link_class.name if edge else "",
                mark,
                len(choice.cost.added_lots) - len(choice.cost.freed_lots),
                len(choice.cost.added_lines) - len(choice.cost.freed_lines),
            ]
        )
    return Table(
        title=title,
        headings=[_("When"), _("Evidence"), _("Proof"), "", _("Lots"), _("Order lines")],
        rows=rows,
    )


def _gaps(given: Namespace, viewer: Viewer) -> Outcome:
    links = broken_links(chosen_site(given.plant).code, viewer=viewer)
    table = Table(
        title=_("%(count)s broken links, those that hide most first") % {"count": len(links)},
        headings=[_("What is missing"), _("Quantity hidden"), _("Unit"), _("Item")],
        rows=[
            [
                gap_text(link.code, where=link.where.strip("/")),
                _amount(link.qty) or "",
                link.uom or "",
                link.item,
            ]
            for link in links[:_MOST_ROWS]
        ],
    )
    return Outcome(document={"gaps": [_gap(link) for link in links]}, parts=[table])


def _gap(link: BrokenLink) -> dict[str, Any]:
    return {
        "code": link.code,
        "where": link.where,
        "qty": _amount(link.qty),
        "uom": link.uom,
        "item": link.item,
        "source": link.source,
        "event_id": link.event_id,
        "work_order": link.work_order,
        "inputs": [_key(lot) for lot in link.inputs],
        "outputs": [_key(lot) for lot in link.outputs],
        "repair": link.repair.value if link.repair else None,
    }
