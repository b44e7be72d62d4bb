"""Sentences for what can go wrong with a disruption."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

ERROR_TEXTS: Mapping[str, object] = {
    "disruption_unknown": _("There is no such case, or you may not see it."),
    "impact_missing": _("The impact is still being computed."),
    "impact_version_unknown": _("There is no such earlier answer of this case."),
    "move_refused": _("The case has moved on since you opened this page. Look at it again."),
    "subject_missing": _("The report does not say what is hit."),
    "subject_unknown": _("“%(value)s” is not known here. Check the number and try again."),
    "scope_invalid": _("“%(value)s” cannot be used here."),
    "attachment_refused": _(
        "“%(name)s” is not a photo or voice note that can be kept "
        "(JPEG, PNG, WebP, WebM, Ogg or M4A)."
    ),
    "attachment_too_large": _("“%(name)s” is larger than %(limit_mb)s MB."),
    "too_many_attachments": _("A report takes at most %(limit)s files."),
    "attachment_unknown": _("There is no such file, or you may not see it."),
    "report_incomplete": _("Say what is wrong and at which machine."),
    "unknown_order_line": _("There is no such order line in the data of this answer."),
    "currencies_differ": _("Amounts in %(others)s cannot be added to amounts in %(currency)s."),
    "fewer_than_two_cases": _("There are no two open cases to look at together."),
    "unknown_lot": _("Lot “%(lot)s” is not known here."),
    "too_many_states": _(
        "The genealogy has %(states)s lot states; one file holds at most %(most)s."
    ),
    "reason_missing": _("Say why, in a few words."),
    "nothing_to_undo": _("The suspect window was never changed."),
}
"""Sentences of the errors that disruptions raise, with named placeholders."""
