"""Django's name for this app."""

from django.apps import AppConfig


class ProductionConfig(AppConfig):
    """The production's entry in Django's registry."""

    name = "knockon.apps.production"
    label = "production"
