"""Adding people, giving them roles, taking them away: for the pages and for the command alike."""

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from comity.access import ROLES
from comity.server.identity.models import Person
from comity.server.identity.prefix import django_code
from comity.server.identity.tokens import revoke_all
from comity.server.words import LANGUAGES

__all__ = ["add", "change", "deactivate", "faults_of", "invitation", "reactivate"]


# As long as the column.
_validate_length = MaxLengthValidator(254)


def faults_of(
    *, role: str, actor: str, language: str, known: bool, email: str | None = None
) -> tuple[tuple[str, str], ...]:
    """What is wrong with what is to be kept of a person: ids of words, each with the text at fault.

    `email` is only told of somebody new; `known` says whether the register knows the actor.
    """
    found: list[tuple[str, str]] = []
    if email is not None:
        address = email.strip().lower()
        try:
            validate_email(address)
            _validate_length(address)
        except ValidationError:
            found.append(("people.fault.email", email))
        # Somebody may hold it besides the address under which they are known.
        held = EmailAddress.objects.filter(email=address, verified=True)
        if held.exists() or Person.objects.filter(email=address).exists():
            found.append(("people.fault.known", email))
    if role not in ROLES:
        found.append(("people.fault.role", role))
    if role == "delegation" and not actor:
        found.append(("people.fault.no-actor", role))
    if actor and not known:
        found.append(("people.fault.actor", actor))
    if language not in LANGUAGES:
        found.append(("people.fault.language", language))
    return tuple(found)


def add(*, email: str, role: str, actor: str = "", name: str = "", language: str = "en") -> Person:
    """Add somebody, whose address the one who adds them vouches for. They have no password yet: see `invitation`."""
    with transaction.atomic():
        person = Person.objects.add(email, role=role, actor=actor, name=name, language=language)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def change(person: Person, *, role: str, actor: str) -> None:
    """Give a person another role. It holds at once: nothing about roles is kept in a session."""
    person.role, person.actor = role, actor
    person.save(update_fields=["role", "actor"])


def deactivate(person: Person) -> None:
    """Let a person in no longer, by password, passkey, provider or token; what they did stays theirs."""
    with transaction.atomic():
        person.is_active = False
        person.save(update_fields=["is_active"])
        revoke_all(person)


def reactivate(person: Person) -> None:
    """Let a person in again; tokens do not come back."""
    person.is_active = True
    person.save(update_fields=["is_active"])


def invitation(person: Person, base: str) -> str:
    """The address at which a person sets their password, once, within some days; `base` is that of the portal."""
    key = default_token_generator.make_token(person)
    with translation.override(django_code(person.language)):
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": key})
    return f"{base.rstrip('/')}{path}"
