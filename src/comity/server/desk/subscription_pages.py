"""The pages of subscriptions: for visitors with a mailbox, for people with an account, and for their programs."""

from collections.abc import Mapping

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from comity.instruments import AREAS
from comity.server.asking import Question, asked
from comity.server.desk import subscribing
from comity.server.desk.acting import Acting, Refused
from comity.server.desk.frames import desk_frame, desk_page, number_of, text_of
from comity.server.desk.links import read_confirm, read_token, token_of
from comity.server.desk.models import Message, Subscriber, Wish
from comity.server.pages.choosing import instruments_by_area, names_to_choose
from comity.server.words import LANGUAGES

__all__ = ["change", "confirm", "hook_change", "hooks", "leave", "of_mailbox", "subscriptions"]

# Letters that one address of the network may have sent to mailboxes in an hour.
_AN_HOUR = 20
_HOUR = 3600


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def subscriptions(request: HttpRequest, language: str) -> HttpResponse:
    """What one may hear of, and what one does; a visitor without an account is written to first."""
    by = Acting(request)
    if request.method == "POST":
        wanted, deadlines = _wanted(request, language), bool(request.POST.get("deadlines"))
        if by.known is None:
            _slowly(request)
            subscribing.ask(text_of(request, "address"), language, wanted, deadlines=deadlines)
            return _told(request, language, "desk.subscribe.asked")
        by.allow("subscription.keep", owner=by.person.pk)
        subscribing.keep(by, wanted, deadlines=deadlines)
        return HttpResponseRedirect(f"/{language}/subscriptions")
    return _show(request, language, None if by.known is None else subscribing.own(by), known=by.known is not None)


def _slowly(request: HttpRequest) -> None:
    """Let nobody fill other people's mailboxes with questions. Raises `Refused`."""
    key = f"desk.asked.{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, _HOUR)
    if cache.incr(key) > _AN_HOUR:
        raise Refused("fault.429.text", status=429)


def _wanted(request: HttpRequest, language: str) -> list[subscribing.Wanted]:
    instrument, actor, area = (text_of(request, name) for name in ("instrument", "actor", "area"))
    with asked(request, language) as question:
        return subscribing.checked(question.register, instrument, actor, area)


def _show(
    request: HttpRequest, language: str, subscriber: Subscriber | None, *, known: bool = False, token: str = ""
) -> HttpResponse:
    with asked(request, language) as question:
        context = desk_frame(question) | {
            **_choices(question),
            "logged_in": known,
            "subscriber": subscriber,
            "wishes": [] if subscriber is None else _wishes(question, subscriber),
            "to": f"/{language}/subscriptions/of/{token}" if token else f"/{language}/subscriptions/change",
            "leave": "" if subscriber is None else f"/{language}/subscriptions/leave/{token_of(subscriber)}",
            "languages": LANGUAGES.values(),
            "token": token,
        }
    return render(request, "desk/subscriptions.html", context)


def _choices(question: Question) -> Mapping[str, object]:
    words = question.words
    return {
        "instruments": instruments_by_area(question, declared=True),
        "names": names_to_choose(question),
        "areas": sorted(((area, words.area(area)) for area in AREAS), key=lambda pair: words.sort_key(pair[1])),
    }


def _wishes(question: Question, subscriber: Subscriber) -> list[Mapping[str, object]]:
    words = question.words
    names = {
        Wish.ALL: lambda value: words.text("desk.subscribe.all"),  # noqa: ARG005  # one of a table
        Wish.INSTRUMENT: words.titled,
        Wish.ACTOR: words.name,
        Wish.AREA: words.area,
    }
    return [
        {"pk": one.pk, "name": names[one.kind](one.value), "kind": words.text(f"desk.wish.{one.kind}"), "wish": one}
        for one in subscriber.wishes.filter(waiting=False)
    ]


@require_POST
@desk_page
def change(request: HttpRequest, language: str) -> HttpResponse:
    """Change what one's own mailbox gets, logged in."""
    by = Acting(request)
    by.allow("subscription.keep", owner=None if by.known is None else by.known.pk)
    subscriber = subscribing.own(by)
    if subscriber is not None:
        _changed(request, subscriber)
    return HttpResponseRedirect(f"/{language}/subscriptions")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def of_mailbox(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """The same, by a link that was sent to the mailbox."""
    subscriber = _by_token(token)
    if request.method == "POST":
        _changed(request, subscriber)
        return HttpResponseRedirect(f"/{language}/subscriptions/of/{token}")
    return _show(request, language, subscriber, token=token)


def _by_token(token: str) -> Subscriber:
    found = read_token(token)
    if found is None:
        raise Refused("desk.subscribe.link", status=403)
    subscribing.mine(found, None)
    return found


def _changed(request: HttpRequest, subscriber: Subscriber) -> None:
    """What the form of a subscriber asks for: a wish taken out, another language, one letter a day or one each."""
    if "remove" in request.POST:
        subscriber.wishes.filter(pk=number_of(request, "remove")).delete()
        return
    if request.POST.get("language") in LANGUAGES:
        subscriber.language = request.POST["language"]
    subscriber.digest = bool(request.POST.get("digest"))
    subscriber.save(update_fields=["language", "digest"])


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def confirm(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """A mailbox says yes: by a button, because some mailboxes open every link by themselves."""
    subscriber = read_confirm(token)
    if subscriber is None:
        raise Refused("desk.subscribe.link", status=403)
    if request.method == "POST":
        subscribing.confirm(subscriber)
        return HttpResponseRedirect(f"/{language}/subscriptions/of/{token_of(subscriber)}")
    return _told(request, language, "desk.subscribe.confirm", button="desk.subscribe.yes")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def leave(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """A mailbox leaves: by a button, or by a program in one click (RFC 8058), which brings no cookie."""
    subscriber = read_token(token)
    if request.method == "POST":
        if subscriber is not None:
            subscribing.leave(subscriber)
        return _told(request, language, "desk.subscribe.left")
    if subscriber is None:
        return _told(request, language, "desk.subscribe.left")
    return _told(request, language, "desk.subscribe.leave", button="desk.subscribe.leave.yes")


def _told(request: HttpRequest, language: str, key: str, button: str = "") -> HttpResponse:
    with asked(request, language) as question:
        context = desk_frame(question) | {"said": question.words.text(key)}
        context["button"] = question.words.text(button) if button else ""
    return render(request, "desk/told.html", context)


# Programs


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def hooks(request: HttpRequest, language: str) -> HttpResponse:
    """The programs that somebody lets be called, and how each call is known to be ours."""
    by = Acting(request)
    by.allow("webhook.keep", owner=None if by.known is None else by.known.pk)
    if request.method == "POST":
        wanted, deadlines = _wanted(request, language), bool(request.POST.get("deadlines"))
        subscribing.hook(by, text_of(request, "url"), wanted, deadlines=deadlines)
        return HttpResponseRedirect(f"/{language}/desk/webhooks")
    found = Subscriber.objects.filter(channel=Subscriber.WEBHOOK, owner=by.person).order_by("pk")
    with asked(request, language) as question:
        context = desk_frame(question) | {
            **_choices(question),
            "hooks": [
                {
                    "hook": one,
                    "wishes": _wishes(question, one),
                    "last": Message.objects.filter(subscriber=one).order_by("-due", "-pk")[:5],
                }
                for one in found
            ],
        }
    return render(request, "desk/webhooks.html", context)


@require_POST
@desk_page
def hook_change(request: HttpRequest, language: str, number: int, verb: str) -> HttpResponse:
    """Try, enable or remove one's own webhook."""
    by = Acting(request)
    found = Subscriber.objects.filter(channel=Subscriber.WEBHOOK, pk=number).first()
    if found is None:
        raise Http404
    by.allow("webhook.keep", owner=found.owner_id, name=f"webhook {number}")
    match verb:
        case "ping":
            subscribing.ping(found)
        case "enable":
            Subscriber.objects.filter(pk=found.pk).update(disabled=None, failures=0)
        case "remove":
            subscribing.leave(found)
        case _:
            raise Http404
    return HttpResponseRedirect(f"/{language}/desk/webhooks")
