"""The pages of drafts: the desk itself, a form, and a draft with what it would do and what became of it."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.acts import KINDS
from comity.server.asking import Question, asked
from comity.server.desk import drafting, recording
from comity.server.desk.acting import Acting, Refused
from comity.server.desk.documents import keep, served
from comity.server.desk.frames import desk_frame, desk_page, history, text_of, version_of
from comity.server.desk.models import Document, Draft, Notification, Rectification
from comity.server.desk.preview import preview
from comity.server.pages.choosing import instruments_by_area, names_to_choose
from comity.server.words import Words
from comity.service import keeping

__all__ = ["act", "document", "draft", "edit", "home", "new"]

# What a page of the desk lists of each sort, at the most.
_LISTED = 50
# The acts that a desk is asked for most, before all others.
_FIRST = (
    "signature",
    "ratification",
    "acceptance",
    "approval",
    "accession",
    "succession",
    "withdrawal",
    "reservation",
    "declaration",
    "objection",
    "territorial-application",
)


@require_safe
@desk_page
def home(request: HttpRequest, language: str) -> HttpResponse:
    """What waits, for whom, and what was done lately."""
    by = Acting(request)
    mine = _seen_by(by)
    with asked(request, language) as question:
        context = desk_frame(question) | {
            "waiting": _rows(question, mine.filter(state__in=(Draft.SUBMITTED, Draft.APPROVING))),
            "open": _rows(question, mine.filter(state=Draft.DRAFT)),
            "done": _rows(question, mine.filter(state__in=(Draft.RECORDED, Draft.REJECTED, Draft.WITHDRAWN))),
            "may_write": by.may("draft.write", actor=by.person.actor),
            "may_correct": by.may("correction.propose"),
            "may_settle": by.may("proposal.settle"),
            "may_hook": by.may("webhook.keep", owner=by.person.pk),
            "proposals": len(keeping.proposals(settings.COMITY_LOG)) if by.may("proposal.settle") else 0,
            "corrections": Rectification.objects.filter(
                state__in=(Rectification.DRAFT, Rectification.SUBMITTED, Rectification.CIRCULATED)
            ).count(),
        }
    return render(request, "desk/home.html", context)


def _seen_by(by: Acting) -> QuerySet[Draft]:
    """The drafts that somebody may read: all, or those of the State that they speak for."""
    if by.may("draft.read"):
        by.allow("draft.read")
        return Draft.objects.all()
    actor = "" if by.known is None else by.known.actor
    by.allow("draft.read", actor=actor)
    return Draft.objects.filter(Q(actor=actor) | Q(owner=by.person))


def _rows(question: Question, drafts: QuerySet[Draft]) -> list[Mapping[str, object]]:
    words = question.words
    return [
        {
            "href": f"/{words.code}/desk/drafts/{one.key}",
            "title": words.titled(one.instrument),
            "actor": words.name(one.actor) if one.actor else "–",
            "act": words.act(one.act),
            "date": one.date,
            "state": one.state,
            "said": words.text(f"desk.state.{one.state}"),
            "owner": str(one.owner),
            "changed": one.changed,
        }
        for one in drafts.select_related("owner")[:_LISTED]
    ]


# Writing


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def new(request: HttpRequest, language: str) -> HttpResponse:
    """A form for a new draft, and what was sent with it."""
    by = Acting(request)
    actor = "" if by.known is None else by.known.actor
    if request.method == "POST":
        made = drafting.write(by, _said(request, by), _document(request, None))
        return HttpResponseRedirect(f"/{language}/desk/drafts/{made.key}")
    said = {name: request.GET.get(name, "") for name in drafting.SAID}
    by.allow(drafting.write_action(said["act"]), actor=actor)
    return _form(request, language, by, said, None)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def edit(request: HttpRequest, language: str, key: str) -> HttpResponse:
    """The form of a draft that is still open."""
    by, one = Acting(request), _draft(key)
    by.allow("draft.change", owner=one.owner_id, name=one.key)
    if one.state not in Draft.OPEN:
        raise Refused("desk.refused.state")
    if request.method == "POST":
        drafting.change(by, one, _said(request, by), _document(request, one.file), version_of(request))
        return HttpResponseRedirect(f"/{language}/desk/drafts/{one.key}")
    return _form(request, language, by, {name: getattr(one, name) for name in drafting.SAID}, one)


def _said(request: HttpRequest, by: Acting) -> dict[str, str]:
    """What the form says; a delegation's acts are its State's, whatever the form says."""
    said = {name: text_of(request, name) for name in drafting.SAID}
    if by.known is not None and by.known.role == "delegation" and not said["actor"]:
        said["actor"] = by.known.actor
    return said


def _document(request: HttpRequest, before: Document | None) -> Document | None:
    """The document sent with a form, else the one there was, unless it is to be taken away."""
    upload = request.FILES.get("document")
    if upload is not None:
        return keep(upload)
    return None if request.POST.get("undocument") else before


def _form(request: HttpRequest, language: str, by: Acting, said: Mapping[str, str], one: Draft | None) -> HttpResponse:
    own = by.person.role == "delegation"
    with asked(request, language) as question:
        names = names_to_choose(question)
        listed = [(code, name) for code, name in names if not own or code == by.person.actor]
        context = desk_frame(question) | {
            "said": {"date": str(question.on), **{name: value for name, value in said.items() if value}},
            "draft": one,
            "corrigendum": said["act"] == "correction",
            "areas": instruments_by_area(question, declared=True),
            "names": _with(listed, said["actor"], question),
            "places": _with(names, said["at"], question),
            "kinds": _kinds(question.words),
        }
    return render(request, "desk/form.html", context)


def _with(names: list[tuple[str, str]], code: str, question: Question) -> list[tuple[str, str]]:
    """The names to choose from, with one that stands in the form already."""
    if not code or any(code == listed for listed, _ in names):
        return names
    return [*names, (code, question.words.name(code))]


def _kinds(words: Words) -> list[tuple[str, list[tuple[str, str]]]]:
    rest = sorted((kind for kind in KINDS - {"correction", *_FIRST}), key=lambda kind: words.sort_key(words.act(kind)))
    return [
        (str(words.text("desk.kinds.first")), [(kind, words.act(kind)) for kind in _FIRST]),
        (str(words.text("desk.kinds.rest")), [(kind, words.act(kind)) for kind in rest]),
    ]


# One draft


def _draft(key: str) -> Draft:
    found = Draft.objects.select_related("owner", "file").filter(key=key).first()
    if found is None:
        raise Http404
    return found


@require_safe
@desk_page
def draft(request: HttpRequest, language: str, key: str) -> HttpResponse:
    """A draft: what it says, what it would do, what became of it, and what may be done with it now."""
    by, one = Acting(request), _draft(key)
    by.allow("draft.read", actor=one.actor, name=one.key)
    with asked(request, language) as question:
        words = question.words
        context = desk_frame(question) | {
            "draft": one,
            "title": words.titled(one.instrument),
            "actor": words.name(one.actor) if one.actor else "–",
            "act": words.act(one.act),
            "state": words.text(f"desk.state.{one.state}"),
            "fields": [
                (words.text(f"desk.field.{name}"), value)
                for name in ("effective", "ref", "at", "notified", "set", "note", "source")
                if (value := getattr(one, name))
            ],
            "preview": preview(question, one) if one.state in Draft.OPEN else None,
            "history": history(words, one),
            "correction": urlencode(
                {"act": "correction", "instrument": one.instrument, "actor": one.actor, "ref": one}
            ),
            "notification": Notification.objects.filter(draft=one).first(),
            **_allowed(by, one),
        }
    return render(request, "desk/draft.html", context)


def _allowed(by: Acting, one: Draft) -> dict[str, bool]:
    """Which buttons the page has."""
    submitted = one.state == Draft.SUBMITTED
    return {
        "may_correct": one.state == Draft.RECORDED and one.act != "correction" and by.may("corrigendum.draft"),
        "may_change": one.state in Draft.OPEN and by.may("draft.change", owner=one.owner_id),
        "may_submit": one.state == Draft.DRAFT and by.may("draft.submit", owner=one.owner_id),
        "may_withdraw": one.state in Draft.OPEN and by.may("draft.withdraw", owner=one.owner_id),
        "may_approve": submitted and by.may(drafting.decide_action(one.act), actor=one.actor, owner=one.owner_id),
        "may_reject": submitted and by.may("draft.reject", actor=one.actor, owner=one.owner_id),
        "waits_for_another": submitted and one.owner_id == by.person.pk,
    }


@require_POST
@desk_page
def act(request: HttpRequest, language: str, key: str, verb: str) -> HttpResponse:
    """One of the steps of a draft."""
    by, one = Acting(request), _draft(key)
    reason = text_of(request, "reason")
    match verb:
        case "submit":
            drafting.submit(by, one)
        case "withdraw":
            drafting.withdraw(by, one)
        case "return":
            drafting.send_back(by, one, reason)
        case "reject":
            drafting.send_back(by, one, reason, for_good=True)
        case "approve":
            recording.approve(by, one, request.POST.get("seal", ""))
        case _:
            raise Http404
    return HttpResponseRedirect(f"/{language}/desk/drafts/{one.key}")


@require_safe
@desk_page
def document(request: HttpRequest, language: str, key: str) -> HttpResponseBase:
    """The document of a draft, as a file."""
    del language
    one = _draft(key)
    Acting(request).allow("draft.read", actor=one.actor, name=one.key)
    if one.file is None:
        raise Http404
    return served(one.file)
