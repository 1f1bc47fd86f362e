"""The part of the portal that knows people, as Django wants it announced."""

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from comity.server.identity.models import Person

__all__ = ["Identity"]


class Identity(AppConfig):
    """People, tokens, verdicts."""

    name = "comity.server.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of passwords that are set anew through a link, whoever gave it: a letter, or an administrator.

        Whoever needs one may have lost more than a password: the tokens end with it, as the sessions do.
        """
        from allauth.account.signals import password_reset  # noqa: PLC0415  # once the models are there

        password_reset.connect(_end_tokens, dispatch_uid="comity.identity.tokens")


def _end_tokens(sender: object, user: "Person", **_: object) -> None:
    from comity.server.identity.tokens import revoke_all  # noqa: PLC0415  # as above

    del sender
    revoke_all(user)
