"""Sealing genealogies in a process of its own, so that it takes no turn from whoever answers."""

import logging
import subprocess
import sys
from datetime import datetime

from django.conf import settings

from knockon.apps.disruptions.answers.pictures import segment_store
from knockon.apps.production.segments.sealing import is_due, plants_to_seal

logger = logging.getLogger(__name__)

_LONGEST_S = 3600
_MOST_CHARACTERS = 2000


def seal_what_is_due(*, now: datetime) -> bool:
    """Seal the plants whose facts changed long enough ago; return whether there were any."""
    store = segment_store()
    if not any(is_due(plants, store=store, now=now) for plants in plants_to_seal()):
        return False
    command = [sys.executable, "-m", "knockon", "--home", str(settings.HOME), "seal", "--when-due"]
    done = subprocess.run(  # noqa: S603 - our own command
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_LONGEST_S,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace")[-_MOST_CHARACTERS:]
        logger.warning("Sealing ended with %s: %s", done.returncode, said)
    return True
