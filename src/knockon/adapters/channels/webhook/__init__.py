"""Messages to programs: one signed JSON document by POST."""

from knockon.adapters.channels.webhook.channel import WebhookChannel, WebhookSettings, channel

__all__ = ["WebhookChannel", "WebhookSettings", "channel"]
