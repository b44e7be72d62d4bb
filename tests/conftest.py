"""What all tests share: the test cluster, Django's settings, and honest skips."""

import itertools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import django
import pytest
from pytest_django import DjangoDbBlocker

from knockon.runtime.embedded.cluster import Cluster
from tests import databases
from tools.browser import find_browser

# Rooms whose tests know no Django: running only these sets nothing up.
_PLAIN_ROOMS = ("engine", "domain", "ports", "runtime", "architecture", "demo", "tools")
_MISSING_BROWSER = (
    "no Chromium on this machine: the browser tests did not run. "
    "Install it (Debian: apt-get install chromium; Fedora: dnf install chromium) and try again."
)
_HERE = Path(__file__).parent


def _is_plain(arguments: Sequence[str]) -> bool:
    """Return whether the run is asked for rooms only that know no Django."""
    named = [Path(each.split("::")[0]) for each in arguments if not each.startswith("-")]
    paths = [path.resolve() for path in named if path.exists()]
    rooms = [_HERE / room for room in _PLAIN_ROOMS]
    return bool(paths) and all(any(path.is_relative_to(room) for room in rooms) for path in paths)


_CLUSTER = Cluster(databases.TEST_HOME)
_SLOT: tuple[int, int] | None = None

# Done while this file is loaded, because the rooms' own conftests import models right after it.
if not _is_plain(sys.argv[1:]):
    _SLOT = databases.take_slot()
    # The address is known before the server runs: it starts when the first test needs it.
    os.environ["DATABASE_URL"] = _CLUSTER.dsn(database=f"knockon_{_SLOT[0]}")
    os.environ["DJANGO_SETTINGS_MODULE"] = "knockon.config.settings_test"
    django.setup()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Close with a line that nobody overlooks when the browser tests were skipped."""
    skipped = terminalreporter.getreports("skipped")
    if any(_MISSING_BROWSER in str(report.longrepr) for report in skipped):
        terminalreporter.section("browser tests skipped", yellow=True)
        terminalreporter.line(_MISSING_BROWSER, yellow=True)


@pytest.fixture(scope="session")
def test_cluster() -> Iterator[Cluster]:
    """Run the test cluster, as durable as the product's, for the length of the session."""
    _CLUSTER.start()
    yield _CLUSTER
    _CLUSTER.stop()


@pytest.fixture
def scratch_database(
    test_cluster: Cluster, request: pytest.FixtureRequest
) -> Iterator[Callable[[], str]]:
    """Make empty data bases for tests that start programs; each call gives a new address."""
    numbers = itertools.count()
    with ExitStack() as stack:

        def make() -> str:
            name = f"scratch_{os.getpid()}_{next(numbers)}"
            return stack.enter_context(databases.scratch_database(test_cluster, name=name))

        yield make


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Return the path of a Chromium; without one, fail under CI and skip elsewhere."""
    found = find_browser()
    if found:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(_MISSING_BROWSER, pytrace=False)
    pytest.skip(_MISSING_BROWSER)


@pytest.fixture(scope="session")
def django_db_setup(test_cluster: Cluster, django_db_blocker: DjangoDbBlocker) -> None:
    """Give Django the run's data base: a copy of the template, or migrated and then kept as one."""
    # Only runs with Django get here, and only they may load it.
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import setup_databases  # noqa: PLC0415

    name = _test_database()
    with django_db_blocker.unblock():
        connection.close()
        if databases.copy_template(test_cluster, database=name):
            connection.settings_dict["NAME"] = name
            return
        setup_databases(verbosity=0, interactive=False)
        connection.close()
    databases.keep_as_template(test_cluster, database=name)


def _test_database() -> str:
    if _SLOT is None:
        pytest.fail("a test of a room without Django asked for its data base", pytrace=False)
    # Django puts its own prefix before the name in the settings.
    return f"test_knockon_{_SLOT[0]}"
