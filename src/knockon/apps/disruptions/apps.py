"""Django's name for this app."""

from django.apps import AppConfig


class DisruptionsConfig(AppConfig):
    """The disruptions' entry in Django's registry."""

    name = "knockon.apps.disruptions"
    label = "disruptions"
