"""Words for what several cases do together."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from knockon.domain.joint import Blame, JointImpact, Weighing


def blame_text(blame: Blame, alone: Sequence[str]) -> str:
    """Return by whom an order line is hit; ``alone`` names who hits it by themselves."""
    # Names stand side by side in all our languages.
    named = {"cases": " · ".join(alone)}
    if blame is Blame.TOGETHER:
        return _("only by all together")
    if blame is Blame.EACH:
        return _("by each of %(cases)s") % named
    return _("by %(cases)s alone") % named


def basis_of_ranking(joint: JointImpact) -> str:
    """Return how the orders of repair were compared."""
    crews = ngettext("%(n)s crew", "%(n)s crews", joint.crews) % {"n": joint.crews}
    by_value = joint.weighing is Weighing.VALUE
    if joint.is_exact:
        sentence = (
            _("Best of all %(plans)s orders of repair for %(crews)s, by value and tier.")
            if by_value
            else _("Best of all %(plans)s orders of repair for %(crews)s, by tier.")
        )
    else:
        sentence = (
            _(
                "Too many repairs to compare every order: for %(crews)s the next one is always "
                "that which saves most value per hour."
            )
            if by_value
            else _(
                "Too many repairs to compare every order: for %(crews)s the next one is always "
                "that which saves most orders per hour, weighed by tier."
            )
        )
    return sentence % {"plans": joint.plans_looked_at, "crews": crews}
