"""Messages by mail, over SMTP or into a folder of files."""

from knockon.adapters.channels.email.channel import (
    FileOutbox,
    MailSettings,
    SmtpChannel,
    build_mail,
    channel,
)

__all__ = ["FileOutbox", "MailSettings", "SmtpChannel", "build_mail", "channel"]
