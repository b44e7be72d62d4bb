"""The night shift: a machine stops, a phone says so, and the planner reads whom it hits and why."""

import os
import re
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Locator, Page, Route, expect

from knockon.demo.simulation.write import write_folder
from tests.e2e.browsing import DESKTOP, PHONE, Devices, choose_language
from tests.e2e.inspection import english_left, faults, keep_picture, overhang, tab_stops
from tests.e2e.night_plant import DEFAULT_REPAIR_S, MACHINE, NightPlant, Outcome, night_plant
from tests.e2e.serving import Instance

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

LIVE_LIMIT_S = 1.0
READY_MS = 60_000
# The machine of the story first; the others are stopped to measure more often than once.
MACHINES = (MACHINE, "CUT1", "MIX1", "ASM1", "PACK1")
BENCH = "RWK1"
ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "test-results" if os.environ.get("KNOCKON_SHOTS") else None
PAGES = (
    "board",
    "case",
    "report",
    "orders",
    "order",
    "customer",
    "lots",
    "lot",
    "messages",
    "data",
    "doctor",
    "sources",
)
LOOKS = [("phone", "en", PHONE), ("phone", "zh_Hant", PHONE), ("desk", "zh_Hans", DESKTOP)]
if SHOTS is not None:
    LOOKS += [("desk", "en", DESKTOP), ("desk", "zh_Hant", DESKTOP)]

WATCH_BOARD = """() => {
  window.seen = {};
  const look = () => {
    for (const row of document.querySelectorAll("#_board_live tbody tr")) {
      const name = row.querySelector('a[href^="/disruptions/"]').getAttribute("href");
      const times = (window.seen[name] ??= { listed: Date.now() });
      if (/^\\d/.test(row.querySelector("td.is-number").textContent.trim()))
        times.counted ??= Date.now();
    }
  };
  look();
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""

HEAR_EVENTS = """() => {
  window.heard = [];
  document.addEventListener("ko:event", event => window.heard.push(event.detail.topic));
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A report by phone: its case, and the seconds until a board elsewhere showed it."""

    machine: str
    case: str
    taps: int
    listed_s: float
    counted_s: float


@pytest.fixture(scope="module")
def plant() -> NightPlant:
    return night_plant(until=datetime.now(UTC))  # noqa: TID251 - the server runs by the real clock


@pytest.fixture(scope="module")
def admin(devices: Devices, instance: Instance) -> Page:
    """Sign the administrator in by the first login."""
    return devices.signed_in(DESKTOP, name=instance.name, password=instance.password)


@pytest.fixture(scope="module")
def dropped(admin: Page, plant: NightPlant, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """Drop the plant's folder on the data page; return the page while the files are read."""
    folder = tmp_path_factory.mktemp("lists")
    write_folder(plant.case, folder)
    admin.goto("/data/")
    admin.locator('input[name="plant"]').fill(plant.case.plant)
    admin.locator("#id_files").set_input_files(sorted(folder.iterdir()))
    admin.locator(".ko-drop-send").click()
    return admin


@pytest.fixture(scope="module")
def passwords(instance: Instance, dropped: Page) -> dict[str, str]:
    """Make the accounts of an operator and a planner, while the files are read."""
    assert dropped.url
    people = {"wang": "operator", "lin": "planner"}
    return {name: instance.add_user(name, role=role) for name, role in people.items()}


@pytest.fixture(scope="module")
def imported(dropped: Page, passwords: dict[str, str]) -> Page:
    """Look at what was understood and import it; return the page that then shows."""
    assert passwords
    form = dropped.locator('form[action$="/import/"]').first
    form.wait_for(timeout=READY_MS)
    form.get_by_role("button").click()
    dropped.locator(".ko-data-next").wait_for(timeout=READY_MS)
    return dropped


@pytest.fixture(scope="module")
def phone(devices: Devices, imported: Page, passwords: dict[str, str]) -> Page:
    """Give the operator a phone with the report page."""
    assert imported.url
    page = devices.signed_in(PHONE, name="wang", password=passwords["wang"])
    page.goto("/report/")
    return page


@pytest.fixture(scope="module")
def desk(devices: Devices, imported: Page, passwords: dict[str, str]) -> Page:
    """Give the planner a desk with the board open."""
    assert imported.url
    page = devices.signed_in(DESKTOP, name="lin", password=passwords["lin"])
    page.goto("/")
    expect(page.locator("ko-live")).to_have_attribute("data-state", "open")
    return page


@pytest.fixture(scope="module")
def reports(instance: Instance, phone: Page, desk: Page) -> tuple[Reported, ...]:
    """Report every machine by phone while the planner's board is open and never loaded again."""
    desk.evaluate(WATCH_BOARD)
    return tuple(_report(instance, phone, desk, machine=machine) for machine in MACHINES)


@pytest.fixture(scope="module")
def addresses(admin: Page, reports: tuple[Reported, ...]) -> dict[str, str]:
    """Return one address for each page, found by following links."""
    found = {
        "board": "/",
        "case": reports[0].case,
        "report": "/report/",
        "orders": "/orders/",
        "lots": "/lots/",
        "messages": "/messages/",
        "data": "/data/",
        "doctor": "/data/doctor/",
        "sources": "/sources/",
    }
    admin.goto(found["case"])
    table = admin.locator("#_case_impact tbody tr").first
    found["order"] = _href(table.locator('a[href^="/orders/"]').first) + "?disruption=1"
    found["customer"] = _href(table.locator('a[href^="/customers/"]').first)
    admin.goto("/lots/")
    found["lot"] = _href(admin.locator('main th a[href^="/lots/"]').first)
    return found


def test_the_folder_is_imported_whole(
    instance: Instance, imported: Page, plant: NightPlant
) -> None:
    kept = instance.value("SELECT count(*) FROM production_orderline WHERE retired_id IS NULL")
    lists = imported.locator("main table").first

    assert kept == len(plant.case.tables["sales_orders"])
    # The list of plants makes the plant itself and is counted nowhere.
    expect(lists.locator("tbody tr")).to_have_count(len(plant.case.tables) - 1)
    expect(lists.locator(".ko-alarm")).to_have_count(0)


def test_a_report_by_phone_is_on_another_board_within_a_second(
    reports: tuple[Reported, ...], tell: Callable[[str], None]
) -> None:
    listed = [report.listed_s for report in reports]
    counted = [report.counted_s for report in reports]
    tell(f"phone to another board: case {_times(listed)}; its orders {_times(counted)}")

    assert {report.taps for report in reports} == {3}
    assert statistics.median(listed) <= LIVE_LIMIT_S


def test_the_case_shows_whom_the_plant_really_hits(
    desk: Page, reports: tuple[Reported, ...], plant: NightPlant
) -> None:
    desk.goto(reports[0].case)

    truth = _truth(desk, plant, repair_s=DEFAULT_REPAIR_S)
    assert len(truth.late) >= 5
    assert _shown(desk) == (truth.late, truth.moved)


def test_the_case_says_why_an_order_is_hit(desk: Page, reports: tuple[Reported, ...]) -> None:
    desk.goto(reports[0].case)
    row = desk.locator("#_case_impact tbody tr").first
    order = row.locator("th > a").inner_text()

    row.locator("summary").click()

    steps = row.locator(".ko-why-steps li")
    expect(steps.nth(0)).to_contain_text("Machine fault")
    expect(steps.nth(1)).to_contain_text(f"does not run Machine {MACHINE}")
    expect(steps.nth(2)).to_contain_text(re.compile(r"Operation W\d+/10"))
    expect(steps.filter(has_text=f"Order {order}")).to_have_count(1)
    expect(steps.last).to_contain_text(re.compile(r"Customer K\d"))
    expect(steps.locator(".ko-class-CONFIRMED")).to_have_count(steps.count())


def test_a_free_order_says_why_it_is_not_hit(
    desk: Page, reports: tuple[Reported, ...], plant: NightPlant
) -> None:
    desk.goto(reports[0].case)
    free = min(_truth(desk, plant, repair_s=DEFAULT_REPAIR_S).free)
    desk.goto(f"/orders/?q={free.split('/')[0]}")
    desk.get_by_role("link", name=free, exact=True).click()

    case = reports[0].case.split("/")[2]
    desk.locator(f'a[href="?disruption={case}#why"]').click()

    expect(desk.get_by_role("heading", name="does not hit this order")).to_be_visible()
    checks = desk.locator("#why ul li")
    expect(checks.first).to_be_visible()
    assert all(text.endswith(".") for text in checks.all_inner_texts())


def test_an_estimate_changes_the_answer_on_an_open_case(
    admin: Page, desk: Page, reports: tuple[Reported, ...], plant: NightPlant
) -> None:
    desk.goto(reports[0].case)
    expect(desk.locator("ko-live")).to_have_attribute("data-state", "open")
    admin.goto(reports[0].case)

    admin.locator('button[name="repair_s"][value="900"]').click()

    expect(desk.locator("#_case_now")).to_contain_text("Assumed: 15 min")
    expect(desk.locator(".ko-timeline li", has_text="Impact computed")).to_have_count(2)
    truth = _truth(desk, plant, repair_s=900)
    # The list comes by a request of its own, after the timeline told of the answer.
    for order, ship in truth.late.items():
        expect(_hit(desk, order)).to_contain_text(ship)
    expect(_hit_rows(desk)).to_have_count(len(truth.late))
    assert _shown(desk) == (truth.late, truth.moved)


def test_news_during_a_slow_answer_is_not_lost(
    admin: Page, desk: Page, reports: tuple[Reported, ...]
) -> None:
    admin.goto(reports[0].case)
    desk.goto(reports[0].case)
    expect(desk.locator("ko-live")).to_have_attribute("data-state", "open")
    desk.evaluate(HEAR_EVENTS)
    slow: list[tuple[Route, APIResponse]] = []
    desk.route("**/record/", lambda route: slow.append((route, route.fetch())), times=1)
    desk.evaluate("() => window.htmx.trigger('#_case_record', 'live')")
    while not slow:
        desk.wait_for_timeout(20)

    admin.locator('button[name="repair_s"][value="1800"]').click()
    desk.wait_for_function("() => window.heard.includes('disruption')")
    ((route, before),) = slow
    route.fulfill(response=before)

    news = desk.locator(".ko-timeline li", has_text="The repair was estimated at 30 minutes.")
    expect(news).to_be_visible()


def test_the_language_is_switched_in_place(desk: Page, reports: tuple[Reported, ...]) -> None:
    desk.goto(reports[0].case)
    where = desk.url

    choose_language(desk, "繁體中文")

    assert desk.url == where
    expect(desk.locator("html")).to_have_attribute("lang", "zh-hant")
    expect(desk.locator("#_case_now")).to_contain_text("設備故障")
    expect(desk.locator("#_case_now .ko-take")).to_have_text("接手")
    expect(desk.locator("#orders-title")).to_contain_text("受影響訂單")
    choose_language(desk, "简体中文")
    expect(desk.locator("#orders-title")).to_contain_text("受影响订单")
    choose_language(desk, "English")
    expect(desk.locator("#orders-title")).to_contain_text("Orders hit")


def test_a_report_made_offline_waits_and_is_taken_once(
    instance: Instance, phone: Page, reports: tuple[Reported, ...]
) -> None:
    phone.wait_for_function("() => navigator.serviceWorker.controller !== null")
    phone.context.set_offline(True)
    _tap_report(phone, machine=BENCH)
    expect(phone.locator(".ko-queue-count")).to_have_text("1 report waiting to send")
    phone.goto("/report/")
    expect(phone.locator(".ko-queue-count")).to_have_text("1 report waiting to send")

    phone.context.set_offline(False)

    receipt = phone.locator(".ko-queue-sent")
    expect(receipt).to_have_count(1, timeout=READY_MS)
    expect(phone.locator(".ko-queue-count")).to_have_count(0)
    status, case = _send_again(instance, phone)
    assert status == 200
    assert _href(receipt.locator("a")).endswith(case)
    cases = instance.value("SELECT count(*) FROM disruptions_disruption")
    assert cases == len(reports) + 1


@pytest.mark.parametrize(("device", "language", "size"), LOOKS)
def test_every_page_fits_reads_and_is_built_for_everybody(
    admin: Page,
    addresses: dict[str, str],
    devices: Devices,
    device: str,
    language: str,
    size: dict[str, Any],
) -> None:
    page = devices.like(admin, size, language=language)
    wide, faulty, english = {}, {}, {}
    for name in PAGES:
        page.goto(addresses[name])
        wide[name], faulty[name] = overhang(page), faults(page)
        english[name] = english_left(page, catalogue=language) if language != "en" else []
        keep_picture(page, f"{name}-{device}-{language}", folder=SHOTS)
    page.context.close()

    assert {name: px for name, px in wide.items() if px > 0} == {}
    assert {name: found for name, found in faulty.items() if found} == {}
    assert {name: found for name, found in english.items() if found} == {}


@pytest.mark.parametrize("language", ["en", "zh_Hant", "zh_Hans"])
def test_the_sign_in_page_is_built_for_everybody(devices: Devices, language: str) -> None:
    page = devices.open(PHONE, language=language).new_page()
    page.goto("/")
    keep_picture(page, f"sign-in-phone-{language}", folder=SHOTS)

    assert overhang(page) == 0
    assert faults(page) == []
    assert language == "en" or english_left(page, catalogue=language) == []
    page.context.close()


def test_the_first_screen_of_a_case_needs_no_scrolling(
    admin: Page, addresses: dict[str, str], devices: Devices
) -> None:
    page = devices.like(admin, PHONE, language="zh_Hant")
    page.goto(addresses["case"])
    bottom = page.locator("#_case_now").evaluate("case_ => case_.getBoundingClientRect().bottom")
    page.context.close()

    assert bottom <= PHONE["viewport"]["height"]


@pytest.mark.parametrize("name", ["board", "case"])
def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(
    admin: Page, addresses: dict[str, str], name: str
) -> None:
    admin.goto(addresses[name])
    admin.keyboard.press("Tab")
    expect(admin.locator(".ko-skip")).to_be_focused()
    expect(admin.locator(".ko-skip")).to_be_in_viewport()
    admin.keyboard.press("Enter")
    expect(admin.locator("#main")).to_be_focused()

    stops = tab_stops(admin, most=60)

    assert len(stops) > 10
    assert [stop["what"] for stop in stops if not stop["marked"]] == []
    assert [stop["what"] for stop in stops if not stop["onScreen"]] == []
    assert [stop["what"] for stop in stops if not stop["inOrder"]] == []


def test_no_page_complained(devices: Devices, addresses: dict[str, str]) -> None:
    assert len(addresses) == len(PAGES)
    assert devices.complaints == []


def _report(instance: Instance, phone: Page, desk: Page, *, machine: str) -> Reported:
    known = desk.evaluate("() => Object.keys(window.seen)")
    taps = _tap_report(phone, machine=machine)
    case = desk.wait_for_function(
        "known => Object.keys(window.seen).find(each => !known.includes(each))", arg=known
    ).json_value()
    seen = desk.wait_for_function(
        "case_ => window.seen[case_].counted && window.seen[case_]", arg=case, timeout=READY_MS
    ).json_value()
    expect(phone.locator(f'.ko-queue-sent a[href$="{case}"]')).to_be_visible()
    # The instant at which the server began to take the report, which is before it accepted it.
    taken_at = instance.value(
        "SELECT opened_at FROM disruptions_disruption WHERE id = %s", case.split("/")[2]
    )
    taken_ms = taken_at.timestamp() * 1000
    return Reported(
        machine=machine,
        case=case,
        taps=taps,
        listed_s=(seen["listed"] - taken_ms) / 1000,
        counted_s=(seen["counted"] - taken_ms) / 1000,
    )


def _tap_report(phone: Page, *, machine: str) -> int:
    """Report a stopped machine; return how many taps that took."""
    targets = (
        phone.locator(f'button[data-equipment="{machine}"]').first,
        phone.locator(".ko-tile", has_text="Machine fault"),
        phone.get_by_role("button", name="Send"),
    )
    for target in targets:
        target.tap()
    return len(targets)


def _truth(page: Page, plant: NightPlant, *, repair_s: int) -> Outcome:
    """Return what a stop since the instant that the case's page names really does."""
    since = page.locator("#_case_now ko-clock").first.get_attribute("since")
    assert since is not None
    return plant.stopped(MACHINE, at=datetime.fromisoformat(since), repair_s=repair_s)


def _hit_rows(page: Page) -> Locator:
    return page.locator("#_case_impact > .card").first.locator(":scope > .ko-table-wrap tbody tr")


def _hit(page: Page, order: str) -> Locator:
    """Return the row of an order among the late ones of a case's page."""
    return _hit_rows(page).filter(has=page.get_by_role("link", name=order, exact=True))


def _shown(page: Page) -> tuple[dict[str, str], set[str]]:
    """Return the late orders of a case's page with when they leave now, and the moved ones."""
    card = page.locator("#_case_impact > .card").first
    rows = _hit_rows(page)
    names = rows.locator("th > a").all_text_contents()
    ships = rows.locator('td[data-label="Ships"] > strong').all_text_contents()
    moved = card.locator(":scope > details tbody th > a").all_text_contents()
    return dict(zip(names, ships, strict=True)), set(moved)


def _send_again(instance: Instance, phone: Page) -> tuple[int, str]:
    """Send the last report once more, as a device does whose answer was lost."""
    event_id = instance.value("SELECT origin_key FROM disruptions_disruption ORDER BY id DESC")
    session = phone.request.get("/report/session/").json()
    answer = phone.request.post(
        "/report/",
        headers={"X-CSRFToken": session["csrf"], "Accept": "application/json"},
        multipart={"client_event_id": event_id, "equipment": BENCH, "kind": "equipment"},
    )
    return answer.status, answer.json()["url"]


def _href(link: Locator) -> str:
    return str(link.get_attribute("href"))


def _times(seconds: list[float]) -> str:
    each = ", ".join(f"{value:.2f}" for value in seconds)
    return f"{each} s (median {statistics.median(seconds):.2f} s)"
