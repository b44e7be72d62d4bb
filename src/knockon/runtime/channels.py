"""The channels of this instance, found by entry point and made from its settings."""

from collections.abc import Mapping
from importlib.metadata import entry_points

from knockon.domain.errors import KnockonError
from knockon.ports.channel import Channel, ChannelFactory

GROUP = "knockon.channels"


class ChannelUnknown(KnockonError):
    """No installed plug-in provides a channel of this name."""

    code = "channel_unknown"

    def __init__(self, *, channel: str) -> None:
        super().__init__(channel=channel)


def load_channels(settings: Mapping[str, Mapping[str, object]]) -> Mapping[str, Channel]:
    """Return a channel for each name in the settings.

    Raises
    ------
    ChannelUnknown
        No plug-in of that name is installed.
    """
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    channels: dict[str, Channel] = {}
    for name, values in settings.items():
        if name not in found:
            raise ChannelUnknown(channel=name)
        factory: ChannelFactory = found[name].load()
        channels[name] = factory(values)
    return channels
