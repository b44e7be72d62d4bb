"""Sending a message as a plain mail."""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import msgspec

from knockon.ports.channel import (
    Channel,
    OutcomeUnclear,
    OutgoingMessage,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
)

# C0 and C1 controls and the line separators: none of them may reach a header.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Where TLS begins before the first word (RFC 8314).
_PORT_OF_TLS = 465
_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]")


class MailSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The mail server; without a host, mails are kept as files in ``outbox``."""

    host: str = ""
    port: int = 587
    user: str = ""
    password: str = ""
    tls: bool = True
    sender: str = "knockon@localhost"
    outbox: str = "outbox"
    timeout_s: float = 10.0


def channel(values: Mapping[str, object]) -> Channel:
    """Make the channel from its settings."""
    settings = msgspec.convert(dict(values), MailSettings)
    return SmtpChannel(settings) if settings.host else FileOutbox(settings)


class SmtpChannel:
    """Hands mails to a server, one connection a mail."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    def send(self, message: OutgoingMessage, *, now: datetime) -> Receipt:
        """Hand one mail over; see ``ports.channel``."""
        mail = build_mail(message, sender=self._settings.sender, now=now)
        with _translated(), contextlib.closing(self._connect()) as session:
            self._sign_in(session)
            _expect(session.mail(_bare(self._settings.sender)))
            _expect(session.rcpt(_bare(message.address)))
            answer = _handed_over(session, mail.as_bytes(policy=SMTP))
            with contextlib.suppress(smtplib.SMTPException, OSError):
                session.quit()
        return Receipt(provider_id=answer[:200])

    def _connect(self) -> smtplib.SMTP:
        options = self._settings
        if options.tls and options.port == _PORT_OF_TLS:
            return smtplib.SMTP_SSL(
                options.host,
                options.port,
                timeout=options.timeout_s,
                context=ssl.create_default_context(),
            )
        return smtplib.SMTP(options.host, options.port, timeout=options.timeout_s)

    def _sign_in(self, session: smtplib.SMTP) -> None:
        options = self._settings
        if options.tls and options.port != _PORT_OF_TLS:
            # Fails where the server offers none: a mail is never sent open by accident.
            session.starttls(context=ssl.create_default_context())
        session.ehlo_or_helo_if_needed()
        if options.user:
            session.login(options.user, options.password)


class FileOutbox:
    """Keeps mails as files, for an instance without a mail server."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    def send(self, message: OutgoingMessage, *, now: datetime) -> Receipt:
        """Write one mail as ``<message id>.eml``; the same message is the same file."""
        mail = build_mail(message, sender=self._settings.sender, now=now)
        folder = Path(self._settings.outbox)
        name = _FILE_NAME.sub("_", message.message_id)[:120]
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = folder / f".{name}.part"
            draft.write_bytes(mail.as_bytes(policy=SMTP))
            draft.chmod(0o600)
            draft.replace(folder / f"{name}.eml")
        except OSError as error:
            raise TemporaryFailure(detail=error.strerror or "write_failed") from error
        return Receipt(provider_id=f"{name}.eml")


def build_mail(message: OutgoingMessage, *, sender: str, now: datetime) -> EmailMessage:
    """Return the mail of a message, with nothing in a header that could begin another one.

    Raises
    ------
    PermanentFailure
        The address is not one mail address.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _address(sender)
    mail["To"] = _address(message.address)
    mail["Subject"] = _one_line(message.subject)[:200]
    mail["Date"] = now
    domain = _address(sender).domain or "localhost"
    mail["Message-ID"] = f"<{_FILE_NAME.sub('_', message.message_id)}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = _one_line(message.language)[:20]
    mail.set_content(message.text.replace("\x00", ""), subtype="plain", cte="base64")
    return mail


def _one_line(text: str) -> str:
    return _UNFIT.sub(" ", text).strip()


def _bare(text: str) -> str:
    return _address(text).addr_spec


def _address(text: str) -> Address:
    if _UNFIT.search(text) or len(text) > 254:
        raise PermanentFailure(detail="address_unclean")
    try:
        found = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError) as error:
        raise PermanentFailure(detail="address_unclean") from error
    if not found.username or not found.domain or not text.isascii():
        raise PermanentFailure(detail="address_unclean")
    return found


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Turn the library's errors before the mail is handed over into ours."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        # The administrator mends it; what waits may then go.
        raise TemporaryFailure(detail="sign_in_refused") from error
    except smtplib.SMTPNotSupportedError as error:
        raise TemporaryFailure(detail="server_offers_no_tls") from error
    except smtplib.SMTPResponseException as error:
        raise TemporaryFailure(detail=f"status_{error.smtp_code}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise TemporaryFailure(detail=type(error).__name__) from error


def _expect(answer: tuple[int, bytes]) -> None:
    code, _words = answer
    if 200 <= code < 300:
        return
    if 400 <= code < 500:
        raise TemporaryFailure(detail=f"status_{code}")
    raise PermanentFailure(detail=f"status_{code}")


def _handed_over(session: smtplib.SMTP, mail: bytes) -> str:
    try:
        code, words = session.data(mail)
    except smtplib.SMTPDataError as error:
        code, words = error.smtp_code, b""
    except (smtplib.SMTPException, OSError) as error:
        # From here on the server may have taken it.
        raise OutcomeUnclear(detail=type(error).__name__) from error
    _expect((code, b""))
    return words.decode("ascii", errors="replace")
