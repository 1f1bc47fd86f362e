"""Pages for administrators: people and their roles, and the record of verdicts."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from comity.access import ROLES, Verdict
from comity.server.faults import Fault, language_for
from comity.server.identity import people as keeping
from comity.server.identity.door import own_person, requiring, said
from comity.server.identity.models import Person, Ruling
from comity.server.identity.names import actor_id, actor_name
from comity.server.words import LANGUAGES, Words, words_in

__all__ = ["audit", "people", "person"]

# Verdicts on one page.
_PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@requiring("people.manage")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who can log in; a form to add somebody."""
    words = words_in(language_for(request))
    told = {name: request.POST.get(name, "").strip() for name in ("email", "name", "role", "actor", "language")}
    faults: list[SafeString] = []
    if request.method == "POST":
        told["actor"] = _actor(told["role"], told["actor"])
        faults = _faults(words, told)
        if not faults:
            added = keeping.add(**told)
            return _linked(request, words, added)
    context = {
        "people": [
            {
                "it": it,
                "href": reverse("person", kwargs={"number": it.pk}),
                "role": words.text(f"role.{it.role}"),
                "actor": actor_name(it.actor, words.code) if it.actor else "",
            }
            for it in Person.objects.all()
        ],
        "told": told | {"language": told["language"] or words.code},
        "faults": faults,
        **_choices(words),
    }
    return render(request, "identity/people.html", context, status=400 if faults else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requiring("people.manage")
def person(request: HttpRequest, number: int) -> HttpResponse:
    """One person: another role, a new address for setting a password, the end of the account."""
    words = words_in(language_for(request))
    it = Person.objects.filter(pk=number).first()
    if it is None:
        raise Fault(404, words.text("fault.page"))
    own = it == own_person(request)
    faults: list[SafeString] = []
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "link" and it.is_active:
        return _linked(request, words, it)
    if do and own:
        faults = [words.text("people.self")]
    elif do == "role":
        told = {"role": request.POST.get("role", ""), "actor": request.POST.get("actor", "").strip()}
        told["actor"] = _actor(told["role"], told["actor"])
        faults = _faults(words, told | {"language": it.language})
        if not faults:
            keeping.change(it, **told)
    elif do == "link":  # the page of a closed account has no such button
        faults = [words.text("people.closed", person=str(it))]
    elif do == "close":
        keeping.deactivate(it)
    elif do == "open":
        keeping.reactivate(it)
    if do and not faults:
        messages.success(request, words.text("account.saved"))
        return HttpResponseRedirect(reverse("people"))
    context = {"it": it, "own": own, "faults": faults, "person_role": it.role, **_choices(words)}
    return render(request, "identity/person.html", context, status=400 if faults else 200)


@require_safe
@requiring("audit.read")
def audit(request: HttpRequest) -> HttpResponse:
    """The verdicts, the newest first."""
    words = words_in(language_for(request))
    found = Ruling.objects.all()
    only = request.GET.get("only") == "refused"
    if only:
        found = found.filter(allowed=False)
    before = request.GET.get("before", "")
    if before.isdecimal():
        found = found.filter(pk__lt=int(before[:18]))
    rows = list(found.order_by("-pk")[: _PAGE + 1])
    names = {str(it.pk): str(it) for it in Person.objects.filter(pk__in={int(r.person) for r in rows if r.person})}
    context = {
        "rows": [
            {
                "it": row,
                "who": names.get(row.person, row.person),
                "role": words.text(f"role.{row.role}"),
                "action": words.text(f"action.{row.action}"),
                "reason": said(words, _verdict(row)),
            }
            for row in rows[:_PAGE]
        ],
        "only": only,
        "older": rows[_PAGE - 1].pk if len(rows) > _PAGE else None,
    }
    return render(request, "identity/audit.html", context)


def _verdict(row: Ruling) -> Verdict:
    """A verdict as it was given."""
    params: dict[str, str | tuple[str, ...]] = {"action": row.action, "role": row.role}
    for name, value in row.params.items():
        params[name] = tuple(value) if isinstance(value, list) else str(value)
    return Verdict(allowed=row.allowed, reason=row.reason, params=params)


def _linked(request: HttpRequest, words: Words, it: Person) -> HttpResponse:
    """The address for a password, shown to the administrator this once."""
    base = settings.COMITY_PUBLIC_URL or request.build_absolute_uri("/")
    text = words.text("people.link.text", person=str(it))
    return render(request, "identity/link.html", {"it": it, "href": keeping.invitation(it, base), "text": text})


def _actor(role: str, text: str) -> str:
    """The actor meant; only a delegation speaks for one."""
    return (actor_id(text) or text) if role == "delegation" else ""


def _faults(words: Words, told: dict[str, str]) -> list[SafeString]:
    """What is wrong with what was told, in words."""
    found = keeping.faults_of(
        email=told.get("email"),
        role=told["role"],
        actor=told["actor"],
        language=told["language"],
        known=not told["actor"] or actor_id(told["actor"]) is not None,
    )
    return [
        words.text(key, text=words.text(f"role.{text}") if key == "people.fault.no-actor" else text)
        for key, text in found
    ]


def _choices(words: Words) -> dict[str, object]:
    """Roles and languages to choose from."""
    return {"roles": [(role, words.text(f"role.{role}")) for role in ROLES], "choices": LANGUAGES.values()}
