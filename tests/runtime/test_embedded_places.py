"""Folders that cannot be used, accounts that cannot serve, and the words for all that."""

import importlib
import inspect
import os
import pkgutil
from pathlib import Path

import pytest

from knockon.domain.errors import KnockonError
from knockon.runtime import embedded
from knockon.runtime.embedded import accounts, binaries, places
from knockon.runtime.embedded.accounts import Account, NamelessAccount, NoUnprivilegedAccount
from knockon.runtime.embedded.binaries import BinariesBroken, BinariesMissing
from knockon.runtime.embedded.places import HomeUnusable, PlaceUnusable
from knockon.runtime.embedded.reason_texts import REASON_TEXTS

MODULES = [
    importlib.import_module(f"{embedded.__name__}.{module.name}")
    for module in pkgutil.iter_modules(embedded.__path__)
]
ERRORS = sorted(
    {
        item
        for module in MODULES
        for item in vars(module).values()
        if inspect.isclass(item) and issubclass(item, KnockonError) and item is not KnockonError
    },
    key=lambda error: error.__name__,
)


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_has_a_text_that_its_data_fill(error: type[KnockonError]) -> None:
    parameters = inspect.signature(error).parameters

    raised = error(**dict.fromkeys(parameters, "given"))

    assert "%" not in REASON_TEXTS[raised.code] % raised.data


def test_a_folder_that_is_a_link_is_not_trusted(room: Path) -> None:
    (room / "elsewhere").mkdir()
    (room / "link").symlink_to(room / "elsewhere")

    with pytest.raises(PlaceUnusable):
        places.own_folder(room / "link", accounts.own_account())


def test_a_file_system_that_keeps_no_owners_is_left_for_another(
    room: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(room / "shared"))
    monkeypatch.setattr(
        places, "_keeps_modes", lambda folder, _account: not folder.is_relative_to(home)
    )

    place = places.locate(home)

    assert not place.base.is_relative_to(home)
    assert places.locate(home).base == place.base


def test_nowhere_to_keep_data_is_reported(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_keeps_modes", lambda _folder, _account: False)

    with pytest.raises(PlaceUnusable):
        places.locate(home)


def test_a_home_that_cannot_be_made_is_reported(room: Path) -> None:
    (room / "file").write_text("")

    with pytest.raises(HomeUnusable):
        places.home_folder(room / "file" / "home")


def test_no_place_for_a_socket_is_reported(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_LONGEST_SOCKET_DIR", 1)

    with pytest.raises(PlaceUnusable):
        places.locate(room / "home")


def test_a_user_without_a_name_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000_000)

    with pytest.raises(NamelessAccount):
        accounts.own_account()


def test_root_without_any_other_account_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "own_account", lambda: Account(name="root", uid=0, gid=0))
    monkeypatch.setattr(accounts, "PREFERRED_ACCOUNTS", ("no-such-account",))

    with pytest.raises(NoUnprivilegedAccount) as raised:
        accounts.serving_account(preferred="none-such")

    assert raised.value.data == {"tried": "none-such, no-such-account"}


def test_root_prefers_the_named_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "own_account", lambda: Account(name="root", uid=0, gid=0))

    assert accounts.serving_account(preferred="daemon").name == "daemon"
    assert accounts.serving_account(owner_uid=1).uid == 1


def test_an_installation_without_the_wheel_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_WHEEL_PACKAGE", "no_such_package")

    with pytest.raises(BinariesMissing):
        binaries.find_binaries()


@pytest.mark.parametrize(
    "script", ["#!/bin/sh\necho 'no library' >&2\nexit 127\n", "not a program"]
)
def test_programs_that_do_not_start_are_reported(room: Path, script: str) -> None:
    for name in ("postgres", "initdb", "pg_ctl"):
        (room / name).write_text(script)
        (room / name).chmod(0o755)

    with pytest.raises(BinariesBroken):
        binaries.find_binaries(room)
