"""Saved analyses, as Django wants them announced."""

from django.apps import AppConfig

__all__ = ["Runs"]


class Runs(AppConfig):
    """Saved analyses."""

    name = "comity.server.runs"
    label = "runs"
    default_auto_field = "django.db.models.BigAutoField"
