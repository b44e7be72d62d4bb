"""What the tests of processes share: a data base that really commits, and servers on loopback.

Processes see only what is committed, so these tests cannot be rolled back. Emptying every table
takes a second; so it is done once a module, and each test has plants of its own.
"""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let the module commit, and empty the tables after it.

    It takes the place and so the name of pytest-django's own, by which that one learns that a run
    needs a data base at all.
    """
    from tests.processes.serving import empty_tables  # noqa: PLC0415 - settings come first

    with django_db_blocker.unblock():
        yield
        empty_tables()


@pytest.fixture
def plant(db: None) -> str:
    """Make a plant of this test alone."""
    from tests.processes.serving import add_plant  # noqa: PLC0415 - settings come first

    return add_plant()


@pytest.fixture
def other_plant(plant: str) -> str:
    """Make a second plant of this test alone."""
    from tests.processes.serving import add_plant  # noqa: PLC0415 - settings come first

    return add_plant()


@pytest.fixture
def token(plant: str) -> str:
    """Make a gateway's token for the plant."""
    from tests.processes.serving import add_token  # noqa: PLC0415 - settings come first

    return add_token(plant)


@pytest.fixture
def serve(plant: str) -> Iterator[Callable[..., Any]]:
    """Start web processes with limits of their own; they end with the test."""
    from tests.processes.serving import start_server  # noqa: PLC0415 - settings come first

    ends: list[Callable[[], None]] = []

    def start(**options: Any) -> Any:
        running, end = start_server(**options)
        ends.append(end)
        return running

    yield start
    for end in ends:
        end()


@pytest.fixture(scope="module")
def server(db: None) -> Iterator[Any]:
    """Start one web process as it comes for the module."""
    from tests.processes.serving import start_server  # noqa: PLC0415 - settings come first

    running, end = start_server()
    yield running
    end()


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Show a measured time in the test's output, whatever is captured."""

    def show(words: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n    {words}\n")

    return show
