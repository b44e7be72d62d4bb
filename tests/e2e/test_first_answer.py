"""A stranger's folder of Excel lists to the first answer: docs/tutorial/first-answer.md, played."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from knockon.demo.simulation.truth import LineTruth
from knockon.domain.impact import Effect
from tests.e2e.browsing import DESKTOP, Devices
from tests.e2e.excel_plant import (
    MACHINE_HEADER,
    SLIP,
    STOPPED,
    stranger_shop,
    truth_of,
    write_lists,
)
from tests.e2e.serving import Instance

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

# A person who does this for the first time reads the page before each click.
SECONDS_FOR_EACH_ACTION = 20
FIFTEEN_MINUTES = 15 * 60
PATIENCE_MS = 60_000


@dataclass(slots=True)
class Stranger:
    """Somebody at a browser; every click and every typed field is counted."""

    page: Page
    actions: list[str] = field(default_factory=list)

    def click(self, place: Locator) -> None:
        self.actions.append(f"click {place}")
        place.click()

    def type(self, place: Locator, text: str) -> None:
        self.actions.append(f"type {place}")
        place.fill(text)

    def choose(self, place: Locator, label: str) -> None:
        self.actions.append(f"choose {label}")
        place.select_option(label=label)

    def drop(self, place: Locator, files: list[Path]) -> None:
        self.actions.append(f"drop {len(files)} files")
        place.set_input_files(files)


def test_a_strangers_excel_folder_gives_the_true_answer_within_fifteen_minutes(
    devices: Devices, instance: Instance, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    password = instance.add_user("wang", role="administrator")
    now = int(time.time()) // 60 * 60
    shop = stranger_shop(now)
    truth = truth_of(shop)
    folder = tmp_path / "lists"
    folder.mkdir()
    files = write_lists(shop, folder)
    page = devices.open(DESKTOP).new_page()
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    stranger = Stranger(page)
    begun = time.monotonic()

    _sign_in(stranger, password)
    _drop_the_lists(stranger, files)
    _say_which_column_is_the_machine(stranger)
    _mend_the_red_cell(stranger)
    _import_and_ask_what_can_be_answered(stranger)
    _report_the_stopped_machine(stranger)

    late = {_name(line) for line in truth.lines if Effect.LATE in line.effects}
    moved = {_name(line) for line in truth.lines if line.effects == {Effect.MOVED}}
    assert len(late) == 2
    assert f"{SLIP[0]}/0001" in late
    assert _lines_in(page.locator("#_case_impact table.ko-table").first, effect="Late") == late
    assert _lines_in(page.locator("#_case_impact details table.ko-table").first) == moved
    assert devices.complaints == []
    spent = len(stranger.actions) * SECONDS_FOR_EACH_ACTION
    tell(
        f"first answer: {len(stranger.actions)} actions, {spent / 60:.0f} min for a person, "
        f"{time.monotonic() - begun:.0f} s by machine"
    )
    assert spent <= FIFTEEN_MINUTES


def _sign_in(stranger: Stranger, password: str) -> None:
    page = stranger.page
    page.goto("/")
    stranger.type(page.locator("#id_login"), "wang")
    stranger.type(page.locator("#id_password"), password)
    stranger.click(page.get_by_role("main").get_by_role("button", name="Sign in"))
    page.locator("ko-live").wait_for(state="attached")


def _drop_the_lists(stranger: Stranger, files: list[Path]) -> None:
    page = stranger.page
    stranger.click(page.get_by_role("main").get_by_role("link", name="Import data"))
    expect(page.get_by_role("heading", name="Begin with three lists")).to_be_visible()
    stranger.drop(page.locator("#id_files"), files)
    stranger.click(page.get_by_role("button", name="Read them"))
    page.wait_for_url(re.compile(r"/data/drafts/\d+/"))
    page.get_by_role("heading", name="Check before importing").wait_for()
    expect(page.get_by_text("1 row would be left out")).to_be_visible()


def _say_which_column_is_the_machine(stranger: Stranger) -> None:
    page = stranger.page
    expect(page.get_by_text("No column is read as “Machine”.")).to_be_visible()
    stranger.choose(page.get_by_label(f"{MACHINE_HEADER} is read as"), "Machine")
    expect(page.get_by_text("No column is read as “Machine”.")).to_have_count(0)


def _mend_the_red_cell(stranger: Stranger) -> None:
    page = stranger.page
    cell = page.locator("#refused").get_by_label("訂單數量")
    expect(cell).to_have_value(SLIP[1])
    stranger.type(cell, "500")
    cell.press("Tab")
    expect(page.get_by_text("would be left out")).to_have_count(0)


def _import_and_ask_what_can_be_answered(stranger: Stranger) -> None:
    page = stranger.page
    stranger.click(page.get_by_role("button", name="Import", exact=True).first)
    expect(page.get_by_role("heading", name="What came in")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Operations 15 "))).to_be_visible()
    stranger.click(page.get_by_role("link", name="See what can be answered now"))
    first = page.locator(".ko-answer").first
    expect(first).to_contain_text("A machine stops: which orders are hit?")
    expect(first).to_contain_text("Yes")


def _report_the_stopped_machine(stranger: Stranger) -> None:
    page = stranger.page
    stranger.click(page.get_by_role("navigation").get_by_role("link", name="Report").last)
    stranger.click(page.locator(f'[data-equipment="{STOPPED}"]'))
    stranger.click(page.locator('input[name="kind"][value="equipment"]').locator("xpath=.."))
    stranger.click(page.get_by_role("button", name="Send"))
    stranger.click(page.locator(".ko-queue-sent").get_by_role("link", name="Open"))
    page.wait_for_url(re.compile(r"/disruptions/\d+/"))
    expect(page.get_by_text("Still computing")).to_have_count(0)
    expect(page.get_by_text(re.compile("orders? hit")).first).to_be_visible()


def _name(line: LineTruth) -> str:
    return f"{line.key.order}/{line.key.line}"


def _lines_in(table: Locator, *, effect: str = "") -> set[str]:
    """Return the order lines of a table, folded or not; all of them must show the effect."""
    rows = [row or "" for row in table.locator("tbody tr").all_text_contents()]
    assert all(effect in row for row in rows)
    return {found[0] for row in rows if (found := re.search(r"2210-\d{4}/\d{4}", row))}
