"""The part of the portal that knows people, as Django wants it announced."""

from django.apps import AppConfig

__all__ = ["Identity"]


class Identity(AppConfig):
    """People, tokens, verdicts."""

    name = "comity.server.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
