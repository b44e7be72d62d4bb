"""Take a picture of every page of the preview, and hear what the browser complains about."""

from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, sync_playwright

OUT = Path(__file__).resolve().parent / "out"
PAGES = (
    "",
    "?wall=1",
    "gallery/",
    "report/",
    "report/shell/",
    "picture/",
    "orders/",
    "data/",
    "sign-in/",
    "refused/",
    "broken/",
)


def shoot(base: str, *, languages: tuple[str, ...], pages: tuple[str, ...]) -> list[str]:
    """Take every page's picture, and return what the browser complained about."""
    OUT.mkdir(exist_ok=True)
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for language in languages:
            for width, height, scheme in (
                (360, 640, "light"),
                (1440, 900, "light"),
                (1440, 900, "dark"),
            ):
                for name in pages:
                    where = (language, width, height, scheme)
                    complaints += shoot_page(browser, f"{base}/{name}", where=where)
        browser.close()
    return complaints


def shoot_page(browser: Browser, url: str, *, where: tuple[str, int, int, str]) -> list[str]:
    """Take one page's picture."""
    language, width, height, scheme = where
    phone = width < 600
    context = browser.new_context(
        viewport={"width": width, "height": height},
        is_mobile=phone,
        has_touch=phone,
        color_scheme=scheme,
        locale={"zh-hant": "zh-TW", "zh-hans": "zh-CN"}.get(language, "en-GB"),
    )
    complaints: list[str] = []
    tab = context.new_page()

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"{url} {where}: {message.text}")

    tab.on("console", hear)
    tab.on("pageerror", lambda error: complaints.append(f"{url} {where}: {error}"))
    tab.goto(url, wait_until="load")
    tab.wait_for_timeout(700)
    wide = tab.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        complaints.append(f"{url} {where}: {wide} px wide")
    name = url.split("/", 3)[3].strip("/").replace("/", "-").replace("?", "") or "board"
    tab.screenshot(
        path=OUT / f"{name}-{width}-{scheme}-{language}.png",
        full_page=not phone or name == "gallery",
    )
    context.close()
    return complaints
