"""The guarded client: the list of ways inward, and what a call may and may not do (SE-03)."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from knockon.adapters.outward import AllowedHosts, GuardedHttp, checked_address
from knockon.adapters.outward.addresses import _require_outside
from knockon.ports.outward import AddressRefused, OutwardAnswerLost, OutwardUnreachable

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.9",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.7",
    "198.18.0.1",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::7f00:1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]
UNCLEAN = [
    "gopher://hooks.example.com/",
    "file:///etc/passwd",
    "unix:///run/docker.sock",
    "ftp://hooks.example.com/",
    "https://user:secret@hooks.example.com/",
    "https://hooks.example.com@169.254.169.254/",
    "https://169.254.169.254#@hooks.example.com/",
    "https://hooks.example.com\\@127.0.0.1/",
    "https://hooks.example.com\r\nHost: inside/",
    "https://hooks.example.com /x",
    "https://hooks.example.com:99999/",
    "https://hooks.example.com:8443/",
    "http://hooks.example.com/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://[::1]/",
    "https://hooks.example.com.evil.example/",
    "https://evil.example/hooks.example.com",
    "https:///nowhere",
    "//hooks.example.com/",
    "",
    "https://hooks.example.com/" + "a" * 3000,
]


@pytest.mark.parametrize("address", INSIDE)
def test_no_way_of_writing_an_inner_address_leads_inward(address: str) -> None:
    allowed = AllowedHosts(["hooks.example.com"])

    with pytest.raises(AddressRefused) as refused:
        checked_address(
            "https://hooks.example.com/in", allowed=allowed, resolve=lambda *_: [address]
        )

    assert refused.value.data == {"reason": "address_inside"}


@pytest.mark.parametrize("url", UNCLEAN)
def test_only_clean_urls_of_listed_hosts_pass(url: str) -> None:
    allowed = AllowedHosts(["hooks.example.com"])

    with pytest.raises(AddressRefused):
        checked_address(url, allowed=allowed, resolve=lambda *_: ["93.184.216.34"])


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"]
)
def test_public_addresses_pass(address: str) -> None:
    target = checked_address(
        "https://Hooks.Example.com/in?x=1",
        allowed=AllowedHosts(["hooks.example.com"]),
        resolve=lambda *_: [address],
    )

    assert (target.host, target.port, target.address) == ("hooks.example.com", 443, address)
    assert target.path == "/in?x=1"


def test_one_inner_address_among_many_spoils_the_name() -> None:
    with pytest.raises(AddressRefused):
        checked_address(
            "https://hooks.example.com/",
            allowed=AllowedHosts(["hooks.example.com"]),
            resolve=lambda *_: ["93.184.216.34", "127.0.0.1"],
        )


def test_private_networks_only_when_allowed_and_loopback_never() -> None:
    _require_outside("10.0.0.8", allow_private=True)
    with pytest.raises(AddressRefused):
        _require_outside("127.0.0.1", allow_private=True)
    with pytest.raises(AddressRefused):
        _require_outside("169.254.169.254", allow_private=True)


@dataclass
class Canary:
    """A server on loopback that answers once per connection and remembers what it heard."""

    port: int
    heard: list[bytes] = field(default_factory=list)


@contextmanager
def listening(answer: bytes, *, hold: threading.Event | None = None) -> Iterator[Canary]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        canary = Canary(port=server.getsockname()[1])

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    data = b""
                    while b"\r\n\r\n" not in data or not data.endswith(b"BODY"):
                        piece = connection.recv(65536)
                        if not piece:
                            break
                        data += piece
                    canary.heard.append(data)
                    connection.sendall(answer)
                    if hold is not None:
                        hold.wait(5)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield canary
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.fixture
def call_to_canary(monkeypatch: pytest.MonkeyPatch) -> Callable[..., GuardedHttp]:
    """Let this one test reach its own loopback server: the check of the address is passed over."""
    monkeypatch.setattr(
        "knockon.adapters.outward.addresses._require_outside", lambda *_a, **_k: None
    )

    def make(port: int, **options: float) -> GuardedHttp:
        return GuardedHttp(
            AllowedHosts([f"http://hooks.example.com:{port}"]),
            resolve=lambda *_: ["127.0.0.1"],
            **options,
        )

    return make


def test_a_call_goes_to_the_checked_address_with_the_hosts_name(
    call_to_canary: Callable[..., GuardedHttp], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with listening(b"HTTP/1.1 204 No Content\r\n\r\n") as canary:
        http = call_to_canary(canary.port)

        answer = http.post(
            f"http://hooks.example.com:{canary.port}/in", body=b"BODY", headers={"X-A": "1"}
        )

    assert answer.status == 204
    head = canary.heard[0].decode().lower()
    assert head.startswith("post /in http/1.1\r\n")
    assert f"host: hooks.example.com:{canary.port}\r\n" in head
    assert "cookie" not in head


def test_a_redirect_is_an_answer_and_never_followed(
    call_to_canary: Callable[..., GuardedHttp],
) -> None:
    with listening(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as inside:
        moved = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{inside.port}/\r\n\r\n"
        with listening(moved.encode()) as canary:
            answer = call_to_canary(canary.port).post(
                f"http://hooks.example.com:{canary.port}/in", body=b"BODY", headers={}
            )

    assert answer.status == 302
    assert inside.heard == []


def test_a_refused_address_gets_no_connection() -> None:
    with listening(b"HTTP/1.1 200 OK\r\n\r\n") as canary:
        entry = f"http://hooks.example.com:{canary.port}"
        http = GuardedHttp(AllowedHosts([entry]), resolve=lambda *_: ["127.0.0.1"])

        with pytest.raises(AddressRefused):
            http.post(f"{entry}/in", body=b"BODY", headers={})

    assert canary.heard == []


def test_retry_after_is_read_and_a_dripped_answer_is_cut(
    call_to_canary: Callable[..., GuardedHttp],
) -> None:
    busy = b"HTTP/1.1 429 Too Many\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"
    with listening(busy) as canary:
        answer = call_to_canary(canary.port).post(
            f"http://hooks.example.com:{canary.port}/", body=b"BODY", headers={}
        )
    assert (answer.status, answer.retry_after_s) == (429, 120)

    release = threading.Event()
    with listening(b"HTTP/1.1 200 OK\r\nX-Slow: ", hold=release) as canary:
        http = call_to_canary(canary.port, whole_s=0.3)
        with pytest.raises(OutwardAnswerLost):
            http.post(f"http://hooks.example.com:{canary.port}/", body=b"BODY", headers={})
        release.set()


def test_nobody_there_is_told_from_an_answer_that_got_lost(
    call_to_canary: Callable[..., GuardedHttp],
) -> None:
    with listening(b"") as canary:
        http = call_to_canary(canary.port)
        with pytest.raises(OutwardAnswerLost):
            http.post(f"http://hooks.example.com:{canary.port}/", body=b"BODY", headers={})

    with pytest.raises(OutwardUnreachable):
        http.post(f"http://hooks.example.com:{canary.port}/", body=b"BODY", headers={})
