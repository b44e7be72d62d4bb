"""Django's name for this app."""

from django.apps import AppConfig


class ResponseConfig(AppConfig):
    """The response's entry in Django's registry."""

    name = "knockon.apps.response"
    label = "response"
