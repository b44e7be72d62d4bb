"""Mails: headers nobody can break out of, and what each failure means."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from knockon.adapters.channels.email import MailSettings, SmtpChannel, build_mail, channel
from knockon.ports.channel import (
    OutcomeUnclear,
    OutgoingMessage,
    PermanentFailure,
    TemporaryFailure,
)

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MESSAGE = OutgoingMessage(
    message_id="knockon-7",
    address="lin@example.com",
    subject="注塑機 IM-03 停機",
    text="5 張訂單受影響。",
    language="zh-hant",
    severity="S2",
)


@dataclass
class Post:
    """A mail server that answers as told."""

    port: int
    heard: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)


@contextmanager
def mail_server(answers: dict[str, bytes]) -> Iterator[Post]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        post = Post(port=server.getsockname()[1])

        def serve() -> None:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"220 ready\r\n")
                for line in lines:
                    verb = line.split()[0].decode().upper().split(":")[0]
                    post.heard.append(line.decode().strip())
                    answer = answers.get(verb, b"250 ok\r\n")
                    if verb == "DATA" and answer.startswith(b"354"):
                        connection.sendall(answer)
                        post.mails.append(b"".join(iter(lines.readline, b".\r\n")))
                        answer = answers.get("END", b"250 taken as 42\r\n")
                    if not answer:
                        return
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield post
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _sender(port: int) -> SmtpChannel:
    return SmtpChannel(MailSettings(host="127.0.0.1", port=port, tls=False, timeout_s=2))


def test_a_mail_arrives_whole() -> None:
    with mail_server({"DATA": b"354 go\r\n"}) as post:
        receipt = _sender(post.port).send(MESSAGE, now=NOW)

    mail = message_from_bytes(post.mails[0], policy=default)
    assert mail["subject"] == "注塑機 IM-03 停機"
    assert mail["message-id"] == "<knockon-7@localhost>"
    assert mail.get_content().strip() == "5 張訂單受影響。"
    assert receipt.provider_id == "taken as 42"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"RCPT": b"550 unknown\r\n"}, PermanentFailure),
        ({"RCPT": b"451 later\r\n"}, TemporaryFailure),
        ({"MAIL": b""}, TemporaryFailure),
        ({"DATA": b"354 go\r\n", "END": b"452 full\r\n"}, TemporaryFailure),
        ({"DATA": b"354 go\r\n", "END": b"554 no\r\n"}, PermanentFailure),
        ({"DATA": b"354 go\r\n", "END": b""}, OutcomeUnclear),
    ],
)
def test_each_answer_means_what_it_says(
    answers: dict[str, bytes], expected: type[Exception]
) -> None:
    with mail_server(answers) as post, pytest.raises(expected):
        _sender(post.port).send(MESSAGE, now=NOW)


def test_a_server_without_tls_is_not_sent_to_in_the_open() -> None:
    with mail_server({}) as post, pytest.raises(TemporaryFailure) as failed:
        SmtpChannel(MailSettings(host="127.0.0.1", port=post.port, timeout_s=2)).send(
            MESSAGE, now=NOW
        )

    assert failed.value.data["detail"] == "server_offers_no_tls"
    assert not any(line.startswith("MAIL") for line in post.heard)


def test_no_server_at_all_is_temporary() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(TemporaryFailure):
        _sender(port).send(MESSAGE, now=NOW)


@pytest.mark.parametrize("breaker", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x00", "\x0b"])
def test_no_text_breaks_out_of_its_header(breaker: str) -> None:
    evil = replace(
        MESSAGE,
        subject=f"stop{breaker}Bcc: spy@example.com",
        language=f"en{breaker}X-Evil: 1",
        message_id=f"7{breaker}X-Evil: 1",
    )

    mail = build_mail(evil, sender="knockon@localhost", now=NOW).as_bytes()

    names = {line.split(b":")[0].lower() for line in mail.split(b"\n\n")[0].split(b"\n")}
    assert b"bcc" not in names
    assert b"x-evil" not in names


@pytest.mark.parametrize(
    "address",
    [
        "lin@example.com\r\nBcc: spy@example.com",
        "lin@example.com, spy@example.com",
        "lin@example.com\n",
        "",
        "lin",
        "@example.com",
        "lin@",
        "<lin@example.com>",
        "a" * 250 + "@example.com",
    ],
)
def test_only_one_clean_address_is_written_to(address: str) -> None:
    with pytest.raises(PermanentFailure):
        build_mail(replace(MESSAGE, address=address), sender="knockon@localhost", now=NOW)


def test_without_a_server_mails_are_files(tmp_path: Path) -> None:
    sender = channel({"outbox": str(tmp_path / "outbox")})

    sender.send(MESSAGE, now=NOW)
    sender.send(MESSAGE, now=NOW)

    kept = list((tmp_path / "outbox").iterdir())
    assert [path.name for path in kept] == ["knockon-7.eml"]
    assert message_from_bytes(kept[0].read_bytes(), policy=default)["to"] == "lin@example.com"
