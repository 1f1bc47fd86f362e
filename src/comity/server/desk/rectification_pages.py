"""The pages of errors in texts, and of the corrections that imports and upgrades propose to the register."""

from collections.abc import Mapping
from datetime import date

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.dates import parse_date
from comity.register.store import Proposal
from comity.server.asking import Question, asked
from comity.server.desk import rectifying
from comity.server.desk.acting import Acting, Refused
from comity.server.desk.frames import desk_frame, desk_page, history, number_of, text_of, version_of
from comity.server.desk.models import Rectification
from comity.server.pages.choosing import instruments_by_area, names_to_choose
from comity.server.words import LANGUAGES, Speaker
from comity.service import Refusal, keeping

__all__ = ["act", "edit", "listed", "new", "proposals", "rectification", "settle"]

_LISTED = 100
# Proposals shown at once: an upgrade may bring thousands, and each is to be read.
_PROPOSALS = 50


@require_safe
@desk_page
def listed(request: HttpRequest, language: str) -> HttpResponse:
    """All that was proposed, the newest first."""
    by = Acting(request)
    by.allow("correction.object", actor="" if by.known is None else by.known.actor)
    own = by.may("correction.propose")
    found = Rectification.objects.all() if own else Rectification.objects.exclude(circulated=None)
    with asked(request, language) as question:
        context = desk_frame(question) | {
            "rows": [_row(question, one) for one in found[:_LISTED]],
            "may_propose": own,
        }
    return render(request, "desk/rectifications.html", context)


def _row(question: Question, one: Rectification) -> Mapping[str, object]:
    words = question.words
    return {
        "href": f"/{words.code}/desk/rectifications/{one.key}",
        "title": words.titled(one.instrument),
        "one": one,
        "said": words.text(f"desk.rectification.state.{one.state}"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def new(request: HttpRequest, language: str) -> HttpResponse:
    """A form for an error in a text."""
    by = Acting(request)
    by.allow("correction.propose")
    if request.method == "POST":
        one = rectifying.propose(by, _said(request), number_of(request, "days"))
        return HttpResponseRedirect(f"/{language}/desk/rectifications/{one.key}")
    return _form(request, language, {"instrument": request.GET.get("instrument", "")}, None)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def edit(request: HttpRequest, language: str, key: str) -> HttpResponse:
    """The form of one that is not circulated yet."""
    by, one = Acting(request), _one(key)
    by.allow("draft.change", owner=one.owner_id, name=one.key)
    if one.state not in Rectification.OPEN:
        raise Refused("desk.refused.state")
    if request.method == "POST":
        rectifying.revise(by, one, _said(request), number_of(request, "days"), version_of(request))
        return HttpResponseRedirect(f"/{language}/desk/rectifications/{one.key}")
    return _form(request, language, {name: getattr(one, name) for name in rectifying.SAID}, one)


def _said(request: HttpRequest) -> dict[str, str]:
    return {name: text_of(request, name) for name in rectifying.SAID}


def _form(request: HttpRequest, language: str, said: Mapping[str, str], one: Rectification | None) -> HttpResponse:
    with asked(request, language) as question:
        context = desk_frame(question) | {
            "said": said,
            "one": one,
            "days": 90 if one is None else one.days,
            "instruments": instruments_by_area(question, declared=True),
            "languages": [(code, question.words.text(f"language.{code}")) for code in LANGUAGES],
        }
    return render(request, "desk/rectification_form.html", context)


def _one(key: str) -> Rectification:
    found = Rectification.objects.select_related("owner").filter(key=key).first()
    if found is None:
        raise Http404
    return found


@require_safe
@desk_page
def rectification(request: HttpRequest, language: str, key: str) -> HttpResponse:
    """One proposal: what is wrong and what is right, how long there is to object, who did, what became of it."""
    by, one = Acting(request), _one(key)
    if one.circulated is None:
        by.allow("correction.propose", name=one.key)
    else:
        by.allow("correction.object", actor="" if by.known is None else by.known.actor, name=one.key)
    with asked(request, language) as question:
        words = question.words
        names = names_to_choose(question)
        own = by.person.role == "delegation"
        context = desk_frame(question) | {
            "one": one,
            "title": words.titled(one.instrument),
            "language_said": words.text(f"language.{one.language}"),
            "state": words.text(f"desk.rectification.state.{one.state}"),
            "objections": [(words.name(o.actor), o) for o in one.objections.all()],
            "notifications": one.notifications.order_by("year", "number"),
            "history": history(words, one),
            "names": [pair for pair in names if not own or pair[0] == by.person.actor],
            "today": str(question.on),
            **_allowed(by, one),
        }
    return render(request, "desk/rectification.html", context)


def _allowed(by: Acting, one: Rectification) -> dict[str, bool]:
    submitted, open_ = one.state == Rectification.SUBMITTED, one.state in Rectification.OPEN
    running = one.state in {Rectification.CIRCULATED, Rectification.OBJECTED}
    return {
        "may_change": open_ and by.may("draft.change", owner=one.owner_id),
        "may_submit": one.state == Rectification.DRAFT and by.may("draft.submit", owner=one.owner_id),
        "may_withdraw": open_ and by.may("draft.withdraw", owner=one.owner_id),
        "may_circulate": submitted and by.may("corrigendum.issue", owner=one.owner_id),
        "may_reject": submitted and by.may("draft.reject", owner=one.owner_id),
        "may_object": running and by.may("correction.object", actor=by.person.actor),
        "waits_for_another": submitted and one.owner_id == by.person.pk,
    }


@require_POST
@desk_page
def act(request: HttpRequest, language: str, key: str, verb: str) -> HttpResponse:
    """One of the steps of a proposal."""
    by, one = Acting(request), _one(key)
    match verb:
        case "submit":
            rectifying.submit(by, one)
        case "withdraw":
            rectifying.withdraw(by, one)
        case "return":
            rectifying.send_back(by, one, text_of(request, "reason"))
        case "reject":
            rectifying.send_back(by, one, text_of(request, "reason"), for_good=True)
        case "circulate":
            rectifying.circulate(by, one, request.POST.get("seal", ""))
        case "object":
            rectifying.object_to(by, one, text_of(request, "actor"), text_of(request, "text"), _day(request))
        case _:
            raise Http404
    return HttpResponseRedirect(f"/{language}/desk/rectifications/{one.key}")


def _day(request: HttpRequest) -> date | None:
    text = text_of(request, "date")
    try:
        return parse_date(text) if text else None
    except ValueError as error:
        raise Refused("fault.on", status=400, text=text, example="2026-11-04") from error


# What imports and upgrades propose


@require_safe
@desk_page
def proposals(request: HttpRequest, language: str) -> HttpResponse:
    """The corrections that the register proposes to itself, for a person to decide."""
    by = Acting(request)
    by.allow("proposal.settle")
    found = keeping.proposals(settings.COMITY_LOG)
    with asked(request, language) as question:
        context = desk_frame(question) | {
            "rows": [_proposal(question.words, one) for one in found[:_PROPOSALS]],
            "more": question.words.count("count.more", len(found) - _PROPOSALS) if len(found) > _PROPOSALS else "",
        }
    return render(request, "desk/proposals.html", context)


def _proposal(words: Speaker, one: Proposal) -> Mapping[str, object]:
    """A proposal as a page shows it: what it is about, and each column that would change."""
    payload = one.payload
    row: dict[str, object] = {"id": one.id, "proposed": one.proposed[:10], "changes": []}
    if payload.get("what") == "act":
        before, after = payload["before"], payload.get("after")
        what = words.text(
            "letter.act", date=before["date"], actor=words.name(before["actor"]), act=words.act(before["act"])
        )
        row |= {"title": words.titled(payload["instrument"]), "what": what}
        if after is None:
            row["vanished"] = True
        else:
            row["changes"] = [
                (_column(words, name), before.get(name, "–"), after.get(name, "–"))
                for name in dict.fromkeys([*before, *after])
                if before.get(name) != after.get(name)
            ]
    else:
        whole = payload.get("what") == "instrument"
        kind = "instrument" if whole else str(payload.get("kind", ""))
        row |= {"title": payload.get("id", ""), "what": words.text("desk.proposal.definition", kind=kind)}
        row["vanished"] = whole or not payload.get("text")
    return row


def _column(words: Speaker, name: str) -> SafeString | str:
    return words.text(f"desk.field.{name}") if words.known(f"desk.field.{name}") else name


@require_POST
@desk_page
def settle(request: HttpRequest, language: str, number: int, verb: str) -> HttpResponse:
    """Approve or reject a proposal."""
    Acting(request).allow("proposal.settle", name=f"proposal {number}: {verb}")
    decide = {"approve": keeping.approve, "reject": keeping.reject}.get(verb)
    if decide is None:
        raise Http404
    try:
        decide(settings.COMITY_LOG, [number])
    except Refusal as refusal:
        raise Refused("desk.refused.faults", refusal.findings) from refusal
    return HttpResponseRedirect(f"/{language}/desk/proposals")
