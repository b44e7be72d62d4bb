"""``knockon joint``: what the open cases of a plant do together, and which to mend first."""

from argparse import Namespace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from knockon.apps.disruptions.answers.joint import JointAnswer, joint_answer, joint_document
from knockon.apps.disruptions.reason_texts import effect_text, kind_text
from knockon.apps.disruptions.reason_texts.joint import basis_of_ranking, blame_text
from knockon.config.commands.asked import chosen_site, clock_of, terminal_viewer
from knockon.config.commands.impact_tables import moment
from knockon.config.output import Outcome, Table
from knockon.domain.impact_document import instant_text
from knockon.domain.joint import FixPlan, JointImpact
from knockon.ports.clock import SystemClock

_MOST_ROWS = 40


def run(given: Namespace) -> Outcome:
    """Look at all open cases of a plant at once."""
    viewer, now = terminal_viewer(), SystemClock().now()
    plant = chosen_site(given.plant).code
    document = joint_document(plant, viewer=viewer, now=now, crews=given.crews)
    if given.as_json:
        return Outcome(document=document)
    found = joint_answer(plant, viewer=viewer, now=now, crews=given.crews)
    with clock_of(plant):
        return Outcome(document=document, parts=_parts(found))


def _parts(found: JointAnswer) -> list[Table | str]:
    joint = found.joint
    names = {str(case.pk): f"#{case.pk} {kind_text(case.kind)}" for case in found.cases}
    parts: list[Table | str] = [
        ngettext(
            "%(cases)s cases at once hit %(count)s order line, answered in %(elapsed)s ms.",
            "%(cases)s cases at once hit %(count)s order lines, answered in %(elapsed)s ms.",
            len(joint.orders),
        )
        % {"cases": len(found.cases), "count": len(joint.orders), "elapsed": found.elapsed_ms},
        "",
    ]
    if joint.plans:
        parts += [_plan(joint.plans[0], names), basis_of_ranking(joint), ""]
    if joint.orders:
        parts.append(_orders(joint, names))
    return parts


def _plan(plan: FixPlan, names: dict[str, str]) -> Table:
    return Table(
        title=_("Fix in this order: %(saved)s order lines are saved, %(late)s stay late.")
        % {"saved": plan.saved, "late": plan.late},
        headings=[_("Case"), _("Begins"), _("Ends"), _("Saves"), _("Per hour")],
        rows=[
            [
                names[fix.disruption],
                moment(instant_text(fix.begins)),
                moment(instant_text(fix.ends)),
                fix.saves,
                fix.per_hour,
            ]
            for fix in plan.fixes
        ],
    )


def _orders(joint: JointImpact, names: dict[str, str]) -> Table:
    return Table(
        headings=[_("Order"), _("Customer"), _("Tier"), _("Effects"), _("Hit by"), _("Ships")],
        rows=[
            [
                f"{row.key.order}/{row.key.line}",
                row.customer,
                row.tier,
                " ".join(effect_text(effect.value) for effect in row.effects),
                blame_text(row.blame, [names[key] for key in row.alone]),
                moment(instant_text(row.new_ship)) if row.new_ship else "",
            ]
            for row in joint.orders[:_MOST_ROWS]
        ],
    )
