"""The account: who one is, what one's role allows, and the tokens by which programs act for one."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from comity.access import ACTIONS, MATRIX, SCOPE_OF, SCOPES
from comity.server.faults import Fault, language_for
from comity.server.identity import tokens
from comity.server.identity.door import may, mine, own_person, requiring, who
from comity.server.identity.models import Person, Token
from comity.server.identity.names import actor_name
from comity.server.words import LANGUAGES, Words, words_in

__all__ = ["account", "revoke_token", "token"]

# In days: how long a token may be valid.
DAYS = (30, 90, 365)


@require_http_methods(["GET", "HEAD", "POST"])
@requiring("account.keep")
def account(request: HttpRequest) -> HttpResponse:
    """Who one is; a form for the name and the language of messages."""
    person, words = own_person(request), words_in(language_for(request))
    if request.method == "POST":
        person.name = request.POST.get("name", "").strip()[:200]
        language = request.POST.get("language", "")
        person.language = language if language in LANGUAGES else person.language
        person.save(update_fields=["name", "language"])
        messages.success(request, words.text("account.saved"))
        return HttpResponseRedirect(reverse("account"))
    return _account(request, person, words)


@require_POST
@requiring("token.keep")
def token(request: HttpRequest) -> HttpResponse:
    """A new token, shown this once."""
    person, words = own_person(request), words_in(language_for(request))
    label = request.POST.get("label", "").strip()[:100]
    scopes = [scope for scope in request.POST.getlist("scopes") if scope in SCOPES]
    days = request.POST.get("days", "")
    wrong = (not label, not scopes, days not in {str(number) for number in DAYS})
    faults = [
        words.text(f"tokens.fault.{name}")
        for name, is_wrong in zip(("label", "scopes", "days"), wrong, strict=True)
        if is_wrong
    ]
    if faults:
        return _account(request, person, words, faults, label)
    text, kept = tokens.issue(person, label, scopes, int(days))
    return render(request, "identity/token.html", {"text": text, "token": kept})


@require_POST
@requiring("token.keep")
def revoke_token(request: HttpRequest, number: int) -> HttpResponse:
    """End a token of one's own; somebody else's is not found."""
    if not tokens.revoke(own_person(request), number):
        raise Fault(404, words_in(language_for(request)).text("fault.page"))
    return HttpResponseRedirect(f"{reverse('account')}#tokens")


def _account(
    request: HttpRequest, person: Person, words: Words, faults: Sequence[object] = (), label: str = ""
) -> HttpResponse:
    context = {
        "person": person,
        "role": words.text(f"role.{person.role}"),
        "actor": actor_name(person.actor, words.code) if person.actor else "",
        "choices": LANGUAGES.values(),
        "allowed": _allowed(person.role, words),
        "tokens": [
            {"it": kept, "scopes": words.list(words.text(f"scope.{scope}") for scope in kept.scopes.split())}
            for kept in Token.objects.filter(person=person, expires__gt=datetime.now(UTC))
        ],
        "scopes": [(scope, words.text(f"scope.{scope}")) for scope in SCOPES if _reaches(person.role, scope)],
        "days": [(number, words.count("tokens.for-days", number)) for number in DAYS],
        "faults": faults,
        "label": label,
        "people": may(request, "people.manage", mine(request)),
        "audit": may(request, "audit.read", mine(request)),
        "in_person": who(request).scopes is None,
    }
    return render(request, "identity/account.html", context, status=400 if faults else 200)


def _allowed(role: str, words: Words) -> list[dict[str, object]]:
    """What a role allows, action by action."""
    return [
        {
            "action": words.text(f"action.{action}"),
            "cell": words.text(f"cell.{MATRIX[action][role]}"),
            "scope": words.text(f"scope.{SCOPE_OF[action]}") if action in SCOPE_OF else None,
        }
        for action in ACTIONS
        if MATRIX[action][role] != "never"
    ]


def _reaches(role: str, scope: str) -> bool:
    """Whether a role may do anything that the scope is for."""
    return any(MATRIX[action][role] != "never" for action, its in SCOPE_OF.items() if its == scope)
