"""The ``knockon`` command as a person or a script uses it, on a home of its own."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from knockon.config.command_line import main
from knockon.config.output import Outcome, Table, table_text, write_outcome
from tests import databases


class Knockon:
    """Runs commands on one home and one data base."""

    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        # Nothing of the test run's own settings may reach the command.
        self.env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KNOCKON_", "DJANGO_"))
        }
        self.env |= {"DATABASE_URL": url, "LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8"}

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "knockon", "--home", str(self.home), *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words), env=self.env, capture_output=True, text=True, check=False
        )

    def json(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def knockon(home: Path, scratch: str) -> Knockon:
    return Knockon(home, scratch)


@pytest.fixture(scope="module")
def scratch(test_cluster: Any) -> Iterator[str]:
    with databases.scratch_database(test_cluster, name=f"scratch_cli_{os.getpid()}") as url:
        yield url


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "plants.csv").write_text("plant,name,timezone,currency\nTY,桃園廠,Asia/Taipei,TWD\n")
    (folder / "equipment.csv").write_text("equipment,name\nIM-03,射出機三號\n,沒有編號\n")
    return folder


def test_a_home_is_made_ready_by_the_first_command(knockon: Knockon) -> None:
    assert knockon.json("doctor") == []
    assert stat.S_IMODE((knockon.home / "secret_key").stat().st_mode) == 0o600
    assert (knockon.home / "static").is_dir()


def test_bad_rows_are_named_and_make_exit_code_two(
    knockon: Knockon, lists: Path, tmp_path: Path
) -> None:
    errors = tmp_path / "errors.csv"

    done = knockon.run("import", str(lists), "--errors", str(errors), "--json")

    document = json.loads(done.stdout)
    assert done.returncode == 2, done.stderr
    assert document["tables"]["equipment"]["added"] == 1
    (refused,) = document["refused"]
    assert (refused["file"], refused["row"]) == ("equipment.csv", 3)
    assert "equipment.csv" in errors.read_text("utf-8-sig")
    assert knockon.json("doctor")[0]["plant"] == "TY"


def test_a_disruption_is_reported_and_answered_at_once(knockon: Knockon, lists: Path) -> None:
    (lists / "equipment.csv").write_text("equipment,name\nIM-03,射出機三號\n")
    knockon.run("import", str(lists))

    document = knockon.json(
        "report", "--kind", "equipment", "--equipment", "IM-03", "--repair", "4h"
    )

    assert document["disruption"]["repair_s"] == 4 * 3600
    number = document["disruption"]["id"]
    again = knockon.json("impact", number)
    assert again["orders"] == document["orders"] == []
    table = knockon.run("impact", number)
    assert "No customer order is affected." in table.stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("impact", "4711"), "disruption_unknown"),
        (("trace", "NO-SUCH-LOT", "--forward"), "lot_unknown"),
        (("report", "--kind", "tool", "--tool", "NO-SUCH"), "subject_unknown"),
    ],
)
def test_what_is_not_there_is_said_in_words_and_json(
    knockon: Knockon, words: tuple[str, ...], code: str
) -> None:
    done = knockon.run(*words, "--json")

    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == code
    last = done.stderr.splitlines()[-1]
    assert last.startswith("knockon: ")
    assert code not in last


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nonsense",),
        ("impact",),
        ("impact", "one"),
        ("trace", "L-1"),
        ("trace", "L-1", "--forward", "--backward"),
        ("report",),
        ("report", "--kind", "weather"),
        ("import", "x.csv", "--snapshot", "no_such_table"),
        ("user", "add", "lin"),
    ],
)
def test_a_wrong_use_is_exit_code_three(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)

    assert ended.value.code == 3
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "words",
    [
        ("import",),
        ("report", "--kind", "equipment", "--equipment", "IM-03", "--repair", "soon"),
        ("bench", "nothing"),
    ],
)
def test_what_cannot_be_read_is_exit_code_three(knockon: Knockon, words: tuple[str, ...]) -> None:
    done = knockon.run(*words)

    assert done.returncode == 3, done.stdout + done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_accounts_get_random_passwords_that_are_shown_once(knockon: Knockon) -> None:
    made = knockon.json("user", "add", "lin", "--role", "planner", "--plant", "TY")

    assert made["user"] == "lin"
    assert len(made["password"]) >= 20
    again = knockon.run("user", "add", "lin", "--role", "planner")
    assert again.returncode == 1
    assert "Somebody is called lin already." in again.stderr
    assert knockon.json("user", "password", "lin")["password"] != made["password"]


def test_an_unusable_options_file_is_named(knockon: Knockon) -> None:
    options = knockon.home / "knockon.toml"
    options.write_text('port = "many"\n')
    try:
        done = knockon.run("doctor")
    finally:
        options.unlink()

    assert done.returncode == 3
    assert "knockon.toml" in done.stderr


def test_serving_answers_signals_and_ends_cleanly(
    knockon: Knockon, lists: Path, tell: Callable[[str], None]
) -> None:
    (lists / "equipment.csv").write_text("equipment,name\nIM-03,射出機三號\n")
    knockon.run("import", str(lists))
    token = knockon.json("token", "add", "gateway", "--plant", "TY")["token"]
    started = time.monotonic()
    process = subprocess.Popen(
        knockon.command("serve", "--port", "0"),
        env=knockon.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        url, login = _await_ready(process)
        tell(f"serve to ready: {time.monotonic() - started:.1f} s")
        _stop_and_be_answered(url, token, knockon, tell)
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)

    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert login is not None
    first = knockon.home / "first-login.txt"
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert login[1] in first.read_text()


def test_a_port_in_use_is_said_in_plain_words(knockon: Knockon) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = knockon.run("web", "--port", str(taken.getsockname()[1]))

    assert done.returncode == 1
    assert "Another program already listens on 127.0.0.1" in done.stderr


def test_wide_characters_and_control_characters_keep_the_table_straight() -> None:
    table = Table(
        headings=["Machine", "Count"],
        rows=[["射出機三號", 5], ["IM-03", 1_000], ["a\x1b[31mb", None], ["長" * 50, 7]],
    )

    lines = table_text(table).splitlines()

    # Nothing is wider than 60, five wide characters take ten places, and numbers stand right.
    assert lines[2] == "射出機三號" + " " * 49 + "  " + "    5"
    assert lines[3] == "IM-03" + " " * 54 + "  " + " 1000"
    assert "\x1b" not in table_text(table)


def test_json_is_one_document_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    write_outcome(Outcome(document={"a": ["é", 1]}, parts=["words"]), as_json=True)

    assert capsys.readouterr().out == '{"a":["é",1]}\n'


def _await_ready(process: subprocess.Popen[str]) -> tuple[str, tuple[str, ...] | None]:
    assert process.stdout is not None
    login = None
    for line in process.stdout:
        signed = re.search(r"Sign in as (\S+) with the password (\S+?)\. ", line)
        login = signed.groups() if signed else login
        ready = re.search(r"Knockon is ready: (\S+)", line)
        if ready:
            return ready[1], login
    raise EOFError


def _stop_and_be_answered(
    url: str, token: str, knockon: Knockon, tell: Callable[[str], None]
) -> None:
    health = httpx.get(f"{url}/health", timeout=20).json()
    assert (health["database"], health["status"]) == (True, "ok")
    sent = time.monotonic()
    answer = httpx.post(
        f"{url}/api/v1/signals",
        headers={"Authorization": f"Bearer {token}"},
        json=[
            {
                "source": "gw",
                "event_id": "stop-1",
                "equipment": "IM-03",
                "at": datetime.now(UTC).isoformat(),  # noqa: TID251
                "code": "stop",
            }
        ],
        timeout=20,
    )
    accepted = time.monotonic()
    assert answer.status_code == 200
    until = time.monotonic() + 20
    while True:
        backlog = httpx.get(f"{url}/health", timeout=20).json()["backlog"]
        if backlog["signals_age_s"] is None and backlog["handlers_age_s"] is None:
            break
        assert time.monotonic() < until, backlog
        time.sleep(0.05)
    tell(
        f"signal accepted in {(accepted - sent) * 1000:.0f} ms,"
        f" all handled in {(time.monotonic() - sent) * 1000:.0f} ms"
    )
