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

_LOCALES = {"en": "en-GB", "zh_Hant": "zh-TW", "zh_Hans": "zh-CN"}
_LANGUAGE_COOKIE = "django_language"
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

    def open(
        self, device: Mapping[str, Any], *, language: str = "en", **options: Any
    ) -> BrowserContext:
        """Return a device that asks for a language; it starts out empty."""
        context = self.browser.new_context(
            base_url=self.url, locale=_LOCALES[language], **{**device, **options}
        )
        context.on("console", self._hear)
        context.on("weberror", self._note)
        return context

    def signed_in(self, device: Mapping[str, Any], *, name: str, password: str) -> Page:
        """Return a page of a device on which somebody has signed in through the form."""
        page = self.open(device).new_page()
        sign_in(page, name=name, password=password)
        return page

    def like(self, page: Page, device: Mapping[str, Any], *, language: str) -> Page:
        """Return a page of another device on which the same person reads another language."""
        state = page.context.storage_state()
        state["cookies"] = [each for each in state["cookies"] if each["name"] != _LANGUAGE_COOKIE]
        return self.open(device, language=language, storage_state=state).new_page()

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
