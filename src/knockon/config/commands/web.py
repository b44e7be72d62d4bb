"""``knockon web``: the pages and the doors, without handlers."""

import socket
from argparse import Namespace

from django.conf import settings

from knockon.config.asgi import pages
from knockon.config.commands.listening import announce_ready, listen, url_of
from knockon.config.options import Options
from knockon.config.output import Outcome
from knockon.runtime.server import run_server


def run(given: Namespace) -> Outcome:
    """Serve requests until told to stop."""
    options: Options = settings.OPTIONS
    if given.listen_on is not None:
        listener = socket.socket(fileno=given.listen_on)
    else:
        listener = listen(given, options)
    run_server(
        pages(),
        sockets=[listener],
        behind_proxy=options.behind_tls,
        lifeline=given.lifeline,
        on_ready=announce_ready(given, url=url_of(listener)),
    )
    return Outcome(document={"ended": "web"})
