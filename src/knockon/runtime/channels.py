"""The channels of this instance, made from its settings."""

from collections.abc import Mapping
from typing import cast

from knockon.ports.channel import Channel, ChannelFactory
from knockon.ports.registry import CHANNELS, load_plugin


def load_channels(settings: Mapping[str, Mapping[str, object]]) -> Mapping[str, Channel]:
    """Return a channel for each name in the settings.

    Raises
    ------
    PluginMissing, PluginBroken
        No plug-in of that name is installed, or it cannot be loaded.
    """
    channels: dict[str, Channel] = {}
    for name, values in settings.items():
        factory = cast("ChannelFactory", load_plugin(CHANNELS, name))
        channels[name] = factory(values)
    return channels
