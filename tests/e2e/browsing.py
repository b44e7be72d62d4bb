"""A browser that notes every complaint, and the people and devices that use it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebError

PHONE: Mapping[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP: Mapping[str, Any] = {"viewport": {"width": 1440, "height": 900}}

# A page may complain neither of itself nor of what its policy forbids.
_COMPLAINTS = frozenset({"error", "warning"})
# Chromium says so itself, whatever a page does about it.
_NO_NETWORK = "net::ERR_INTERNET_DISCONNECTED"


@dataclass
class Devices:
    """Opens browsers like those of different people, and keeps what their consoles say.

    Without slots: Playwright keeps something of its own on whose method it calls.
    """

    browser: Browser
    url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, device: Mapping[str, Any], **options: Any) -> BrowserContext:
        """Return a fresh device; its pages speak English until somebody chooses otherwise."""
        context = self.browser.new_context(
            base_url=self.url, **{"locale": "en-GB", **device, **options}
        )
        context.on("console", self._hear)
        context.on("weberror", self._note)
        return context

    def signed_in(
        self, device: Mapping[str, Any], *, name: str, password: str, **options: Any
    ) -> Page:
        """Return a page of a device on which somebody has signed in through the form."""
        page = self.open(device, **options).new_page()
        sign_in(page, name=name, password=password)
        return page

    def like(self, page: Page, device: Mapping[str, Any], **options: Any) -> Page:
        """Return a page of another device on which the same person is signed in."""
        state = page.context.storage_state()
        return self.open(device, storage_state=state, **options).new_page()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in _COMPLAINTS and _NO_NETWORK not in message.text:
            self.complaints.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _note(self, error: WebError) -> None:
        self.complaints.append(f"exception: {error.error}")


def sign_in(page: Page, *, name: str, password: str) -> None:
    """Sign in by the form, with the keyboard alone."""
    page.goto("/")
    page.locator("#id_login").fill(name)
    page.locator("#id_password").fill(password)
    page.keyboard.press("Enter")
    page.locator("ko-live").wait_for(state="attached")


def choose_language(page: Page, name: str) -> None:
    """Choose a language in the account's menu."""
    page.locator(".ko-top-end .ko-menu > summary").click()
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()
