"""Django's name for the staff's face."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The staff face's entry in Django's registry: templates and static files, no tables."""

    name = "knockon.web"
    label = "web"
