"""The depositary's desk, as Django wants it announced."""

from django.apps import AppConfig

__all__ = ["Desk"]


class Desk(AppConfig):
    """Drafts, notifications, subscriptions, what is to be sent."""

    name = "comity.server.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"
