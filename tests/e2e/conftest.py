"""What the browser tests share: an instance that serves, and a Chromium that uses it.

Playwright keeps an event loop running in the thread while it is open, and Django refuses the data
base beside a running loop: so everything here lasts a module and is gone before the next one.
"""

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import databases
from tests.e2e.browsing import Devices
from tests.e2e.serving import Instance, serving

_CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    # What has the focus is on the screen at once, not after an animation.
    "--disable-smooth-scrolling",
)


@pytest.fixture(scope="module")
def instance(test_cluster: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """Serve for the module, on a home and a data base of its own."""
    name = f"scratch_e2e_{os.getpid()}"
    with (
        databases.scratch_database(test_cluster, name=name) as database,
        serving(tmp_path_factory.mktemp("home"), database=database) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Browser]:
    """Start the module's Chromium, without a screen."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser_path, args=list(_CHROMIUM))
        yield started
        started.close()


@pytest.fixture(scope="module")
def devices(browser: Browser, instance: Instance) -> Devices:
    """Give the module browsers that look at its server."""
    return Devices(browser=browser, url=instance.url)


@pytest.fixture(scope="module")
def tell(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Show a measured time in the test's output, whatever is captured."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")

    def show(words: str) -> None:
        with capture.global_and_fixture_disabled():
            sys.stdout.write(f"\n    {words}\n")

    return show
