"""A web process on loopback, and what programs and people send to it."""

import asyncio
import itertools
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection

from knockon.apps.accounts.models import Membership, Site, User
from knockon.apps.accounts.services.tokens import create_token
from knockon.domain.access import SYSTEM, Right
from knockon.runtime.ingest import PATH
from knockon.runtime.server import OuterApp, ServerLimits, serve_until

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Running:
    """A web process in a thread."""

    url: str
    app: OuterApp
    loop: asyncio.AbstractEventLoop


def add_plant() -> str:
    """Make a plant with a code that no other test uses and return the code."""
    code = f"P{next(_numbers)}"
    Site.objects.create(code=code, name=code, timezone="Asia/Taipei", currency="TWD")
    return code


def empty_tables() -> None:
    """Empty every table and close this thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
    call_command("flush", interactive=False, verbosity=0)
    connection.close()


def add_token(plant: str) -> str:
    """Make a gateway's token."""
    rights = frozenset({Right.SEND_SIGNALS})
    return create_token("gateway", plant=plant, rights=rights, viewer=SYSTEM, now=now())


def add_member(username: str, *, plants: tuple[str | None, ...], role: str = "planner") -> User:
    """Make a user with a role in some plants; None is every plant."""
    user = User.objects.create_user(username=username, password="not used here")
    for plant in plants:
        site = Site.objects.get(code=plant) if plant else None
        Membership.objects.create(user=user, site=site, role=role)
    return user


def now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)  # noqa: TID251 - processes run by the real clock


def signal(number: int = 1, **fields: object) -> dict[str, object]:
    """Return a signal as a gateway sends it."""
    return {
        "source": "gw-1",
        "event_id": f"e-{number}",
        "equipment": "IM-03",
        "at": "2026-03-02T08:00:00Z",
        "kind": "state",
        "code": "stopped",
        **fields,
    }


def post_signals(running: Running, body: object, *, token: str, **headers: str) -> httpx.Response:
    """Send one request of signals."""
    content: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
    return httpx.post(
        running.url + PATH,
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            **headers,
        },
        timeout=20,
        **content,
    )


def start_server(
    *, limits: ServerLimits | None = None, pages: Any = None
) -> tuple[Running, Callable[[], None]]:
    """Start a web process in a thread; return it and what ends it."""
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    listener = socket.create_server(("127.0.0.1", 0))
    app = OuterApp(pages=pages or get_wsgi_application(), limits=limits or ServerLimits())
    ready = threading.Event()
    box: dict[str, Any] = {}

    async def main() -> None:
        box["loop"] = asyncio.get_running_loop()
        box["end"] = asyncio.Event()
        ready.set()
        await serve_until(app, sockets=[listener], end=box["end"])

    failures: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:  # noqa: BLE001 - told to the test when it ends
            failures.append(error)
            ready.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    assert failures == []

    def end() -> None:
        box["loop"].call_soon_threadsafe(box["end"].set)
        thread.join(20)
        assert not thread.is_alive()
        assert failures == []

    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    return Running(url=url, app=app, loop=box["loop"]), end
