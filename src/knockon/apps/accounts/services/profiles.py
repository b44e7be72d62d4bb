"""What people set for themselves."""

from knockon.apps.accounts.models import User
from knockon.domain.access import Viewer


def set_language(language: str, *, viewer: Viewer) -> None:
    """Keep the language in which the viewer reads pages, messages and mails."""
    User.objects.filter(username=viewer.actor).update(language=language)
