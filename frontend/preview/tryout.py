"""Use the islands in a real browser against the preview: report offline, scan, follow a path, drop files.

``.venv/bin/python frontend/preview/tryout.py`` prints one line for each thing tried and fails at the first
that does not work.
"""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import preview
import segno
from pictures import OUT
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright


def phone(browser: Browser, base: str) -> BrowserContext:
    """Open a phone."""
    return browser.new_context(
        base_url=base,
        viewport={"width": 360, "height": 640},
        is_mobile=True,
        has_touch=True,
        locale="en-GB",
    )


def report_offline(browser: Browser, base: str) -> None:
    """Report in three taps without network; it waits visibly and leaves when the network is back."""
    context = phone(browser, base)
    page = context.new_page()
    page.goto("/report/")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.wait_for_function(
        "() => caches.open('knockon-report-1').then(c => c.keys()).then(k => k.length > 5)"
    )
    context.set_offline(True)
    page.get_by_role("button", name="IM-07").tap()
    page.get_by_text("Machine stopped").tap()
    page.get_by_role("button", name="Send").tap()
    expect(page.get_by_text("1 report waiting to send")).to_be_visible()
    page.screenshot(path=OUT / "try-offline.png")

    page.goto("/report/")
    expect(page.get_by_text("1 report waiting to send")).to_be_visible()
    expect(page.get_by_role("button", name="IM-07")).to_be_visible()
    page.screenshot(path=OUT / "try-shell.png")

    context.set_offline(False)
    expect(page.get_by_text("D-2026-0147: 5 orders affected.")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("waiting to send")).to_have_count(0)
    assert [body["kind"] for body in preview.RECEIVED] == ["equipment"]
    assert preview.RECEIVED[0]["equipment"] == "IM-07"
    assert len(preview.RECEIVED[0]["client_event_id"]) == 36
    page.screenshot(path=OUT / "try-sent.png")
    context.close()


def report_with_photo(browser: Browser, base: str) -> None:
    """Attach a large photo with a GPS position; what arrives is small and says no place."""
    context = phone(browser, base)
    page = context.new_page()
    page.goto("/report/?equipment=IM-02")
    page.get_by_text("Bad parts").tap()
    page.locator('input[name="photo"]').set_input_files(
        files=[{"name": "big.jpg", "mimeType": "image/jpeg", "buffer": large_photo(browser)}]
    )
    expect(page.locator(".ko-photos img")).to_have_count(1)
    page.screenshot(path=OUT / "try-photo.png")
    page.get_by_role("button", name="Send").tap()
    expect(page.get_by_text("5 orders affected")).to_be_visible()
    (sent,) = preview.PHOTOS
    assert sent[:3] == b"\xff\xd8\xff", "not a JPEG"
    assert b"Exif" not in sent
    assert b"GPSPLACE" not in sent
    size = page.evaluate(
        "bytes => createImageBitmap(new Blob([new Uint8Array(bytes)])).then(p => [p.width, p.height])",
        list(sent),
    )
    assert size == [1600, 1200], size
    context.close()


def large_photo(browser: Browser) -> bytes:
    """Make a 4000 by 3000 JPEG with an EXIF block in it."""
    page = browser.new_page()
    page.goto("about:blank")
    data = page.evaluate(
        """async () => { const c = new OffscreenCanvas(4000, 3000); const x = c.getContext('2d');
        x.fillStyle = 'teal'; x.fillRect(0, 0, 4000, 3000);
        const b = await c.convertToBlob({type: 'image/jpeg'}); return [...new Uint8Array(await b.arrayBuffer())]; }"""
    )
    page.close()
    plain = bytes(data)
    exif = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00GPSPLACE"
    return plain[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + plain[2:]


def scan_by_photo(browser: Browser, base: str) -> None:
    """Read a label without camera and without BarcodeDetector: by photo, with our own reader."""
    context = phone(browser, base)
    page = context.new_page()
    page.goto("/report/")
    code = io.BytesIO()
    segno.make("https://plant.example/s/equipment/IM-%E4%B8%83", error="m").save(
        code, kind="png", scale=8
    )
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Scan").tap()
    chooser.value.set_files(
        files=[{"name": "label.png", "mimeType": "image/png", "buffer": code.getvalue()}]
    )
    expect(page.locator("#id_equipment")).to_have_value("IM-七")
    expect(page.get_by_text("What is wrong?")).to_be_visible()
    page.screenshot(path=OUT / "try-kind.png")
    context.close()


def follow_path(browser: Browser, base: str) -> None:
    """Follow a path in a small and in a large picture, by click and by keys."""
    context = browser.new_context(
        base_url=base, viewport={"width": 1440, "height": 900}, locale="en-GB"
    )
    page = context.new_page()
    for where in ("/picture/", "/orders/"):
        page.goto(where)
        page.wait_for_selector("canvas")
        page.locator(".ko-picture-scroll").focus()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        expect(page.locator(".ko-picture-path")).to_contain_text("connected with")
        page.screenshot(path=OUT / f"try-follow-{where.strip('/')}.png")
        page.keyboard.press("Escape")
        expect(page.locator(".ko-picture-path")).to_contain_text("Select a box")
    page.goto("/picture/")
    page.wait_for_selector("canvas")
    page.locator(".ko-picture-canvas").click(position={"x": 1030, "y": 30})
    expect(page.locator(".ko-picture-path")).to_contain_text("SO-2026-03-4400")
    page.get_by_role("link", name="Open").click()
    expect(page).to_have_url(f"{base}/orders/")
    context.close()


def live_refresh(browser: Browser, base: str) -> None:
    """Hear an event on a second tab through the one shared stream, and say when the stream is lost."""
    context = browser.new_context(base_url=base, locale="en-GB")
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.add_init_script(
            "addEventListener('DOMContentLoaded', () => { window.heard = 0;"
            "document.querySelector('[data-live]')?.addEventListener('live', () => { window.heard += 1; }); })"
        )
    preview.STREAMS.clear()
    first.goto("/")
    second.goto("/")
    second.bring_to_front()
    second.wait_for_function("() => window.heard > 0")
    expect(second.locator("ko-live")).to_have_attribute("data-state", "open")
    assert len(preview.STREAMS) == 1, preview.STREAMS
    context.close()


def menus(browser: Browser, base: str) -> None:
    """Open the menus on a phone, choose dark and another language."""
    context = phone(browser, base)
    page = context.new_page()
    page.goto("/")
    page.locator(".ko-menu-main summary").tap()
    page.screenshot(path=OUT / "try-menu.png")
    page.keyboard.press("Escape")
    page.locator(".ko-top-end .ko-menu summary").tap()
    page.get_by_role("button", name="Dark").tap()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.screenshot(path=OUT / "try-account.png")
    page.get_by_role("button", name="繁體中文").tap()
    page.wait_for_function("() => document.documentElement.lang === 'zh-hant'")
    page.screenshot(path=OUT / "try-hant.png")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    context.close()


def drop_files(browser: Browser, base: str) -> None:
    """Choose files, see them named, send them and read why they were refused."""
    context = browser.new_context(base_url=base, locale="en-GB")
    page = context.new_page()
    page.goto("/data/")
    page.locator('input[type="file"]').set_input_files(
        files=[
            {"name": n, "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}
            for n in ("orders.csv", "bom.csv")
        ]
    )
    expect(page.get_by_text("2 files")).to_be_visible()
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("2 files, none of them a table.")).to_be_visible()
    page.screenshot(path=OUT / "try-drop.png")
    context.close()


TRIALS: tuple[Callable[[Browser, str], None], ...] = (
    report_offline,
    report_with_photo,
    scan_by_photo,
    follow_path,
    live_refresh,
    menus,
    drop_files,
)


def main() -> int:
    """Try everything."""
    preview.configure()
    server = preview.start(0)
    base = f"http://127.0.0.1:{server.server_port}"
    Path(OUT).mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for trial in TRIALS:
            preview.RECEIVED.clear()
            preview.PHOTOS.clear()
            trial(browser, base)
            sys.stderr.write(f"works: {trial.__name__}\n")
        browser.close()
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
