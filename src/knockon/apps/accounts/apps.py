"""Django's name for this app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts' entry in Django's registry."""

    name = "knockon.apps.accounts"
    label = "accounts"
