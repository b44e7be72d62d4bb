"""Listening on an address, and telling that it is served."""

import errno
import os
import socket
import sys
from argparse import Namespace
from collections.abc import Callable

from knockon.config.options import Options
from knockon.config.words import reason_words
from knockon.domain.errors import KnockonError

_BACKLOG = 512


class AddressInUse(KnockonError):
    """Another program listens there."""

    code = "address_in_use"

    def __init__(self, *, host: str, port: int) -> None:
        super().__init__(host=host, port=port)


class AddressUnusable(KnockonError):
    """Nobody on this machine can listen there."""

    code = "address_unusable"

    def __init__(self, *, host: str, port: int, detail: str) -> None:
        super().__init__(host=host, port=port, detail=detail)


def listen(given: Namespace, options: Options) -> socket.socket:
    """Return a socket on the address that was typed, else the one of the options.

    Raises
    ------
    AddressInUse, AddressUnusable
        See there.
    """
    host = given.host or options.host
    port = options.port if given.port is None else given.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise AddressInUse(host=host, port=port) from error
        raise AddressUnusable(host=host, port=port, detail=error.strerror or str(error)) from error
    except OverflowError as error:
        raise AddressUnusable(host=host, port=port, detail=str(error)) from error


def url_of(listener: socket.socket) -> str:
    """Return the address by which a person on this machine reaches a socket."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - shown, not listened on
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def tell(code: str, **params: str | int | None) -> None:
    """Say something on standard output at once."""
    sys.stdout.write(reason_words(code, params, more={}) + "\n")
    sys.stdout.flush()


def announce_ready(given: Namespace, *, url: str = "") -> Callable[[], None]:
    """Return what tells the supervisor, or the person without one, that we are ready."""

    def announce() -> None:
        if given.ready is not None:
            os.write(given.ready, b"1")
        elif url:
            tell("serving", url=url)

    return announce
