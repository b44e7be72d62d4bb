"""Tables of the response."""

from knockon.apps.response.models.messages import ContactPoint, Message

__all__ = ["ContactPoint", "Message"]
