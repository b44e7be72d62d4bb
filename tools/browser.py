"""The Chromium of the browser tests, from the system's own packages."""

import os
import platform
import shutil

from tools.progress import StepFailed, run, say, step

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_HOW = {
    "debian": "apt-get install chromium",
    "ubuntu": "snap install chromium",
    "fedora": "dnf install chromium",
    "arch": "pacman -S chromium",
    "alpine": "apk add chromium",
    "opensuse-tumbleweed": "zypper install chromium",
    "darwin": "brew install --cask chromium",
}


def find_browser() -> str | None:
    """Return the path of a Chromium, the one that KNOCKON_CHROMIUM names first."""
    return os.environ.get("KNOCKON_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


def ensure_browser() -> None:
    """Find Chromium, install it on Debian as root, or say exactly what to install.

    Raises
    ------
    StepFailed
        It is missing and CI is ``true``: there a missing tool is a failure, never a skip.
    """
    if find_browser():
        return
    system = _system()
    if system == "debian" and os.geteuid() == 0:
        with step("Installing Chromium for the browser tests"):
            environment = {"DEBIAN_FRONTEND": "noninteractive"}
            run(["apt-get", "update", "-qq"], env=environment)
            run(
                ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
                env=environment,
            )
        return
    how = _HOW.get(system, "install Chromium with the package manager of this system")
    message = f"Chromium is missing, and the browser tests need it. Install it with: {how}"
    if os.environ.get("CI") == "true":
        raise StepFailed(message)
    say(f"{message}\n           The browser tests will be skipped.")


def _system() -> str:
    if platform.system() == "Darwin":
        return "darwin"
    try:
        return platform.freedesktop_os_release().get("ID", "")
    except OSError:
        return ""
