"""The actors of the register, for accounts that speak for one."""

from django.conf import settings

from comity.server.registers import ask

__all__ = ["actor_id", "actor_name"]


def actor_id(text: str) -> str | None:
    """The id of the actor that a code stands for, whatever its capitals; None where the register knows none."""
    with ask(settings.COMITY_LOG) as seen:
        known = seen.register.reading.directory.actors
        return next((code for code in (text, text.upper()) if code in known), None)


def actor_name(code: str, language: str) -> str:
    """The name that an actor has; the id itself where the register knows none."""
    with ask(settings.COMITY_LOG) as seen:
        found = seen.register.reading.directory.actors.get(code)
    return code if found is None else found.name(language)
