"""Django's name for this app."""

from django.apps import AppConfig


class PlantConfig(AppConfig):
    """The plant's entry in Django's registry."""

    name = "knockon.apps.plant"
    label = "plant"
