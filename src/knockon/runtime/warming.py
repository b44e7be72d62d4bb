"""Doing beforehand what the first disruption must not wait for."""

import logging

from django.db import DatabaseError, InterfaceError, close_old_connections

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.answers.pictures import current_picture
from knockon.apps.disruptions.services.compiling import compile_kernels

logger = logging.getLogger(__name__)

# As many plants as the answers keep pictures of.
_MOST_PLANTS = 4


def warm_up() -> None:
    """Load the engine's kernels and the facts of the plants; what fails is done when needed."""
    compile_kernels()
    try:
        for plant in Site.objects.order_by("code").values_list("code", flat=True)[:_MOST_PLANTS]:
            current_picture([plant])
    except (DatabaseError, InterfaceError) as error:
        logger.warning("The facts could not be loaded beforehand: %s", error)
    finally:
        close_old_connections()
