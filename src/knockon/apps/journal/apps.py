"""Django's name for this app."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The journal's entry in Django's registry."""

    name = "knockon.apps.journal"
    label = "journal"
