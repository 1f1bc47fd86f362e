"""Tokens, by which programs act for people: shown once, kept as a hash, with scopes and an end."""

import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from comity.access import SCOPES
from comity.server.identity.models import Person, Token

__all__ = ["Bearer", "TokenError", "bearer", "issue", "revoke", "revoke_all", "unforged"]

# So that a token that leaked is known for what it is.
_START = "comity_"


class Bearer(msgspec.Struct, frozen=True):
    """Who a request with a token acts for, and how far."""

    person: Person
    scopes: frozenset[str]


class TokenError(Exception):
    """A token was given and is none, or is no longer one."""


def issue(person: Person, label: str, scopes: Iterable[str], days: int) -> tuple[str, Token]:
    """A new token, in full, and what is kept of it. Raises ValueError for a scope that there is not."""
    wanted = list(dict.fromkeys(scopes))
    if unknown := set(wanted) - set(SCOPES):
        raise ValueError(f"no such scope: {', '.join(sorted(unknown))}")
    text = _START + secrets.token_urlsafe(32)
    kept = Token.objects.create(
        person=person,
        label=label,
        digest=_digest(text),
        scopes=" ".join(wanted),
        expires=datetime.now(UTC) + timedelta(days=days),
    )
    return text, kept


def revoke(person: Person, token_id: int) -> bool:
    """End a token of a person at once; says whether there was one."""
    return bool(Token.objects.filter(person=person, pk=token_id).delete()[0])


def revoke_all(person: Person) -> None:
    """End all tokens of a person at once."""
    Token.objects.filter(person=person).delete()


def bearer(request: HttpRequest) -> Bearer | None:
    """Whom the token of a request stands for; None where it carries none.

    The token comes as `Authorization: Bearer …`. Raises `TokenError` where one was given that is unknown, ended, or of
    somebody who may no longer log in.
    """
    text = _text_of(request)
    if text is None:
        return None
    now = datetime.now(UTC)
    token = Token.objects.select_related("person").filter(digest=_digest(text)).first()
    if token is None or token.expires <= now or not token.person.is_active:
        raise TokenError
    if token.used != now.date():
        Token.objects.filter(pk=token.pk).update(used=now.date())
    return Bearer(token.person, frozenset(token.scopes.split()))


def unforged(answer: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """The middleware that asks no form token of a program: a page of another site cannot make a browser send a token.

    Whom the request comes from is then said by the token alone, whatever cookies come with it.
    """

    def answered(request: HttpRequest) -> HttpResponseBase:
        if _text_of(request) is not None:
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001  # Django's own way for programs
        return answer(request)

    return answered


def _text_of(request: HttpRequest) -> str | None:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if kind.lower() == "bearer" else None


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
