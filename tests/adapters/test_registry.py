"""Plug-ins are found by entry points, and a missing one is named."""

from importlib import metadata

import pytest

from knockon.adapters.connectors import tabular
from knockon.ports import registry
from knockon.ports.registry import CONNECTORS, PluginBroken, PluginMissing, load_connector

DECLARED = {
    "tabular": "knockon.adapters.connectors.tabular:connector",
    "torn": "knockon.adapters.connectors.nowhere:connector",
    "strange": "knockon.ports.registry:CONNECTORS",
}


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    """Declare three plug-ins, whatever is installed."""
    entries = metadata.EntryPoints(
        metadata.EntryPoint(name=name, value=value, group=CONNECTORS)
        for name, value in DECLARED.items()
    )
    monkeypatch.setattr(registry.metadata, "entry_points", entries.select)


def test_declared_connector_is_loaded():
    assert load_connector("tabular") is tabular.connector


def test_missing_plugin_is_named_with_the_known_ones():
    with pytest.raises(PluginMissing) as refusal:
        load_connector("sap")

    assert refusal.value.data == {
        "group": CONNECTORS,
        "name": "sap",
        "known": "strange, tabular, torn",
    }


@pytest.mark.parametrize("name", ["torn", "strange"])
def test_plugin_that_is_not_what_it_says_is_named(name):
    with pytest.raises(PluginBroken) as refusal:
        load_connector(name)

    assert refusal.value.data["name"] == name


def test_project_declares_the_connector(request):
    declared = (request.config.rootpath / "pyproject.toml").read_text(encoding="utf-8")

    assert f'tabular = "{DECLARED["tabular"]}"' in declared
