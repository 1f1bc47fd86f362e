"""The lists, as Django wants them announced."""

from django.apps import AppConfig

__all__ = ["Lists"]


class Lists(AppConfig):
    """Lists and notes."""

    name = "comity.server.lists"
    label = "lists"
    default_auto_field = "django.db.models.BigAutoField"
