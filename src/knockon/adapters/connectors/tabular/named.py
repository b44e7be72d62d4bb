"""The mappings that the plug-in ships: files in ``mappings/``, each proven by a test."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from knockon.domain.mapping import MappingSet
from knockon.domain.mapping_json import load_mapping


@cache
def named_mappings() -> Mapping[str, MappingSet]:
    """Return the shipped mappings by name."""
    folder = resources.files("knockon.adapters.connectors.tabular") / "mappings"
    saved = [
        load_mapping(file.read_text(encoding="utf-8"))
        for file in sorted(folder.iterdir(), key=lambda each: each.name)
        if file.name.endswith(".json")
    ]
    return MappingProxyType({each.name: each for each in saved})
