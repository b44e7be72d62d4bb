"""``knockon serve``: everything on this machine, kept up by a supervisor."""

import os
from argparse import Namespace
from pathlib import Path

from django.conf import settings

from knockon.config.commands.listening import listen, tell, url_of
from knockon.config.commands.playing import load_demo
from knockon.config.logins import FIRST_LOGIN, ensure_administrator
from knockon.config.options import Options
from knockon.config.output import Outcome
from knockon.runtime.embedded.running import ensure_running
from knockon.runtime.supervisor import LIFELINE, READY, ProcessSpec, Supervisor, python_command


def run(given: Namespace) -> Outcome:
    """Serve until told to stop."""
    _serve(given)
    return Outcome(document={"ended": given.command})


def _serve(given: Namespace) -> None:
    options: Options = settings.OPTIONS
    home = Path(options.home)
    listener = listen(given, options)
    # Port 0 means any: the children must know which one it became.
    os.environ["KNOCKON_PORT"] = str(listener.getsockname()[1])
    first = ensure_administrator(home)
    if first is not None:
        name, password = first
        path = str(home / FIRST_LOGIN)
        tell("first_login", username=name, password=password, path=path)
    url = url_of(listener)
    specs = [
        ProcessSpec(
            name="web",
            command=_child(given, "web", "--listen-on", str(listener.fileno())),
            handles=(listener.fileno(),),
        ),
        ProcessSpec(name="worker", command=_child(given, "worker"), follows="web"),
    ]
    if given.demo:
        load_demo(given.demo, home=home, tell=tell)
        play = _child(given, "play", given.demo, "--url", url, "--speed", str(given.speed))
        specs.append(ProcessSpec(name="play", command=play, follows="worker"))
    Supervisor(
        specs,
        revive=lambda: ensure_running(home, database_url=given.options.database_url),
        on_ready=lambda: tell("serving", url=url),
    ).run()


def _child(given: Namespace, *words: str) -> tuple[str, ...]:
    home = ("--home", settings.OPTIONS.home)
    pipes = ("--lifeline", LIFELINE, "--ready", READY)
    del given
    return python_command(*home, *words, *pipes)
