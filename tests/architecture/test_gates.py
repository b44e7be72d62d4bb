"""What holds the gates of `make test` shut when something is missing."""

import subprocess
import sys
from pathlib import Path

import pytest
from coverage import Coverage

from tools import browser
from tools.check_coverage import Promise, shortfalls
from tools.progress import StepFailed, run

HALF_RUN = "def run():\n    return 1\n\ndef not_run():\n    return 2\n\nrun()\n"


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Coverage:
    (tmp_path / "half.py").write_text(HALF_RUN)
    monkeypatch.chdir(tmp_path)
    command = [sys.executable, "-m", "coverage", "run", "--rcfile=/dev/null", "half.py"]
    subprocess.run(command, check=True, env={"PATH": "/usr/bin:/bin"})
    coverage = Coverage(config_file=False)
    coverage.load()
    return coverage


def test_code_that_no_test_runs_is_reported(measured: Coverage) -> None:
    promise = Promise(name="half", include=("half.py",), percent=90.0)

    reports = shortfalls(measured, (promise,))

    assert len(reports) == 1
    assert "half.py" in reports[0]


def test_a_kept_promise_is_not_reported(measured: Coverage) -> None:
    assert shortfalls(measured, (Promise(name="half", include=("half.py",), percent=75.0),)) == []


def test_a_promise_about_files_that_are_gone_is_not_kept(measured: Coverage) -> None:
    promise = Promise(name="gone", include=("gone/*",), percent=1.0)

    assert len(shortfalls(measured, (promise,))) == 1


def test_a_missing_browser_stops_the_automatic_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "find_browser", lambda: None)
    monkeypatch.setattr(browser, "_system", lambda: "fedora")
    monkeypatch.setenv("CI", "true")

    with pytest.raises(StepFailed, match="dnf install chromium"):
        browser.ensure_browser()


def test_a_missing_browser_is_only_told_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(browser, "find_browser", lambda: None)
    monkeypatch.setattr(browser, "_system", lambda: "fedora")
    monkeypatch.delenv("CI", raising=False)

    browser.ensure_browser()

    assert "dnf install chromium" in capsys.readouterr().out


def test_a_failed_step_shows_what_the_program_said_and_what_to_do() -> None:
    with pytest.raises(StepFailed, match=r"(?s)went wrong.*Do this\."):
        run([sys.executable, "-c", "print('went wrong'); raise SystemExit(3)"], advice="Do this.")
