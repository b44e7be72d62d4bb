"""``knockon worker``: handlers, sending and timers, without pages."""

from argparse import Namespace

from knockon.config.commands.listening import announce_ready
from knockon.config.output import Outcome
from knockon.runtime.worker import run_worker


def run(given: Namespace) -> Outcome:
    """Carry out jobs until told to stop."""
    run_worker(lifeline=given.lifeline, on_ready=announce_ready(given))
    return Outcome(document={"ended": "worker"})
