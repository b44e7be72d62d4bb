"""Find plug-ins by their entry points; nothing else knows their modules."""

from importlib import metadata

from knockon.domain.errors import KnockonError
from knockon.ports.connector import Connector

CONNECTORS = "knockon.connectors"
CHANNELS = "knockon.channels"


class PluginMissing(KnockonError):
    """No installed package declares this plug-in.

    Parameters
    ----------
    group
        Entry-point group, such as ``knockon.connectors``.
    name
        The plug-in asked for.
    known
        The names that are declared.
    """

    code = "plugin_missing"

    def __init__(self, *, group: str, name: str, known: tuple[str, ...]) -> None:
        super().__init__(group=group, name=name, known=", ".join(known))


class PluginBroken(KnockonError):
    """A declared plug-in cannot be loaded or is not what its group promises."""

    code = "plugin_broken"

    def __init__(self, *, group: str, name: str, cause: str) -> None:
        super().__init__(group=group, name=name, cause=cause)


def plugin_names(group: str) -> tuple[str, ...]:
    """Return the names declared in the group, sorted."""
    return tuple(sorted({entry.name for entry in metadata.entry_points(group=group)}))


def load_plugin(group: str, name: str) -> object:
    """Return the object that the plug-in's entry point names.

    Raises
    ------
    PluginMissing
        Nobody declares it.
    PluginBroken
        Its module or object is not there, or its vendor library is not installed.
    """
    for entry in metadata.entry_points(group=group, name=name):
        try:
            return entry.load()
        except (ImportError, AttributeError) as error:
            raise PluginBroken(group=group, name=name, cause=str(error)) from error
    raise PluginMissing(group=group, name=name, known=plugin_names(group))


def load_connector(name: str) -> Connector:
    """Return the connector of that name, or raise ``PluginMissing`` or ``PluginBroken``."""
    plugin = load_plugin(CONNECTORS, name)
    if not isinstance(plugin, Connector):
        raise PluginBroken(group=CONNECTORS, name=name, cause=type(plugin).__name__)
    return plugin
