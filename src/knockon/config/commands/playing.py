"""The digital factory of ``knockon serve --demo``: its plants, its people, its signals."""

import os
from argparse import Namespace
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from knockon.apps.accounts.services.tokens import create_token
from knockon.apps.accounts.services.users import Profile
from knockon.config.logins import ensure_demo_users
from knockon.config.output import Outcome
from knockon.demo.live import Player, play, system_clock
from knockon.demo.loading import chosen_stories, known_stories, load_stories
from knockon.domain.access import SYSTEM, Right, Role
from knockon.ports.clock import SystemClock
from knockon.runtime.lifeline import end_in_background

Tell = Callable[..., None]

_PEOPLE = {
    "operator": ("阿明", Role.OPERATOR, "zh-hant"),
    "leader": ("陳班長", Role.TEAM_LEADER, "zh-hant"),
    "planner": ("林生管", Role.PLANNER, "zh-hant"),
    "quality": ("王品保", Role.QUALITY, "zh-hant"),
    "maintenance": ("张工", Role.MAINTENANCE, "zh-hans"),
    "sales": ("Anna Weber", Role.SALES, "en"),
    "manager": ("黃廠長", Role.MANAGER, "zh-hant"),
}
_TOKEN_LIFE = timedelta(days=30)


def load_demo(name: str, *, home: Path, tell: Tell) -> None:
    """Load the stories and their people, and show who can sign in."""
    load_stories(
        chosen_stories(name),
        home=home,
        now=SystemClock().now(),
        on_load=lambda story: tell("demo_loading", story=story),
    )
    people = {
        username: (_profile(username, full_name, language), role)
        for username, (full_name, role, language) in _PEOPLE.items()
    }
    for username, password in ensure_demo_users(home, people).items():
        tell("demo_login", username=username, password=password)


def run(given: Namespace) -> Outcome:
    """Play the stories until told to stop."""
    home = Path(settings.OPTIONS.home)
    names = chosen_stories(given.name)
    plans = [plan for plan in known_stories(home) if plan.name in names]
    ended = end_in_background(given.lifeline)
    if given.ready is not None:
        os.write(given.ready, b"1")
    player = Player(
        url=given.url, token_of=_token_of, folder=home / "demo" / "lists", clock=system_clock
    )
    play(plans, player=player, speed=given.speed, is_over=ended.is_set)
    return Outcome(document={"ended": "play"})


@lru_cache(maxsize=16)
def _token_of(plant: str) -> str:
    return create_token(
        "demo gateway",
        plant=plant,
        rights=frozenset({Right.SEND_SIGNALS}),
        viewer=SYSTEM,
        now=SystemClock().now(),
        life=_TOKEN_LIFE,
    )


def _profile(username: str, full_name: str, language: str) -> Profile:
    # Without a mail server mails are files; with one, nobody invented is written to.
    email = "" if settings.OPTIONS.mail.host else f"{username}@demo.invalid"
    return Profile(full_name=full_name, email=email, language=language)
