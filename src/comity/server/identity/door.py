"""How pages ask `comity.access`: who a request comes from, what they may do, and the record of what was said."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache

from comity.access import ANYONE, Thing, Verdict, Who, verdict
from comity.server.faults import Fault, language_for
from comity.server.identity.models import Person, Ruling
from comity.server.identity.names import actor_name
from comity.server.identity.tokens import TokenError, bearer
from comity.server.words import Words, words_in

__all__ = ["ask", "may", "mine", "own_person", "person_of", "require", "requiring", "said", "who", "who_is"]

_View = Callable[..., HttpResponse]

# Not written down where it is allowed: looking, and keeping what is nobody else's business.
_UNRECORDED = frozenset(
    {"read", "notification.read", "draft.read", "account.keep", "list.keep", "run.keep", "subscription.keep"}
)


def who(request: HttpRequest) -> Who:
    """Who a request comes from: by a token where it carries one, else by its session.

    Raises `Fault` (401) for a token that is none, or is no longer one.
    """
    known: Who | None = getattr(request, "comity_who", None)
    if known is None:
        known = _who(request)
        request.comity_who = known  # type: ignore[attr-defined]  # kept with the request, asked of again and again
    return known


def who_is(person: Person, scopes: frozenset[str] | None = None) -> Who:
    """A person as `comity.access` sees them."""
    return Who(person=str(person.pk), role=person.role, actor=person.actor, scopes=scopes)


def person_of(request: HttpRequest) -> Person | None:
    """The person logged in, or for whom a token acts."""
    number = who(request).person
    return Person.objects.filter(pk=int(number)).first() if number else None


def own_person(request: HttpRequest) -> Person:
    """The person logged in, once a verdict has made sure that somebody is."""
    return Person.objects.get(pk=int(who(request).person))


def mine(request: HttpRequest, name: str = "") -> Thing:
    """Something that belongs to whoever asks."""
    asking = who(request)
    return Thing(owner=asking.person, actor=asking.actor, name=name)


def may(request: HttpRequest, action: str, thing: Thing | None = None) -> bool:
    """Whether to offer an action at all; nothing is recorded."""
    return _judged(request, action, thing or Thing()).allowed


def ask(request: HttpRequest, action: str, thing: Thing | None = None) -> Verdict:
    """The verdict on an action, recorded.

    That somebody must log in first is no refusal of anybody, and would fill the record for whoever knocks.
    """
    found = _judged(request, action, thing or Thing())
    if found.reason != "log-in" and not (found.allowed and action in _UNRECORDED):
        asking = who(request)
        Ruling.objects.create(
            person=asking.person,
            role=asking.role,
            by_token=asking.scopes is not None,
            action=action,
            thing=(thing or Thing()).name[:200],
            allowed=found.allowed,
            reason=found.reason,
            params={name: value for name, value in found.params.items() if name not in {"action", "role"}},
        )
    return found


def require(request: HttpRequest, action: str, thing: Thing | None = None) -> Verdict:
    """The verdict on an action, recorded; raises `Fault` (401: log in first; 403) where it is a refusal."""
    found = ask(request, action, thing)
    if not found.allowed:
        status = 401 if found.reason == "log-in" else 403
        raise Fault(status, said(words_in(language_for(request)), found))
    return found


def requiring(action: str) -> Callable[[_View], _View]:
    """A page about what is one's own, or about the instance: it asks for an action first, and nobody keeps a copy."""

    def decorated(view: _View) -> _View:
        @wraps(view)
        def asked(request: HttpRequest, **params: Any) -> HttpResponse:  # noqa: ANN401  # as addresses have them
            require(request, action, mine(request, request.path))
            return view(request, **params)

        return never_cache(asked)

    return decorated


def said(words: Words, found: Verdict) -> SafeString:
    """A verdict in words."""
    params: dict[str, object] = {}
    for name, value in found.params.items():
        if name == "roles":
            params[name] = words.list(words.text(f"role.{role}") for role in value)
        elif name in {"action", "role", "scope"}:
            params[name] = words.text(f"{name}.{value}")
        else:
            params[name] = actor_name(str(value), words.code)
    return words.text(f"access.{found.reason}", **params)


def _judged(request: HttpRequest, action: str, thing: Thing) -> Verdict:
    return verdict(who(request), action, thing, four_eyes=settings.COMITY_FOUR_EYES)


def _who(request: HttpRequest) -> Who:
    try:
        by_token = bearer(request)
    except TokenError as error:
        raise Fault(401, words_in(language_for(request)).text("token.refused")) from error
    if by_token is not None:
        return who_is(by_token.person, by_token.scopes)
    return who_is(cast("Person", request.user)) if request.user.is_authenticated else ANYONE
