"""The pages: each asks the register, and hands what it found to a template."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from comity.instruments import Instrument
from comity.server.asking import Question, asked
from comity.server.exports.answer import answer
from comity.server.faults import Fault, language_for
from comity.server.frames import language_of
from comity.server.pages.actor import ASKED as OF_ACTOR
from comity.server.pages.actor import actor_export, actor_page
from comity.server.pages.groups import group_export, group_named, group_page
from comity.server.pages.home import home_export, home_page
from comity.server.pages.index import (
    OF_ACTORS,
    OF_INSTRUMENTS,
    actors_page,
    groups_page,
    index_export,
    instruments_page,
)
from comity.server.pages.instrument import ASKED as OF_INSTRUMENT
from comity.server.pages.instrument import instrument_export, instrument_page
from comity.server.pages.listing import ASKED as LISTED
from comity.server.pages.nearest import nearest_actors, nearest_instruments
from comity.server.pages.why import why_page
from comity.server.search.page import search_page
from comity.server.words import LANGUAGES
from comity.service.ahead import Scope

__all__ = [
    "about",
    "actor",
    "actors",
    "group",
    "groups",
    "home",
    "instrument",
    "instruments",
    "relation",
    "to_language",
    "why",
]


@require_safe
def home(request: HttpRequest, language: str) -> HttpResponse:
    """What Comity is, what there is to see, and what was searched for."""
    with asked(request, language, "q", "kind") as question:
        text = question.extra["q"]
        if text:
            return render(request, "search/results.html", question.frame() | search_page(question, text))
        page = home_page(question)
        return answer(request, question, "pages/home.html", question.frame() | page, home_export(question, page))


@require_safe
def about(request: HttpRequest, language: str) -> HttpResponse:
    """What the register is, what it is not, and how to check it."""
    with asked(request, language) as question:
        seen = question.seen
        context = question.frame() | {"origin": seen.origin, "recorded": seen.recorded}
    return render(request, "pages/about.html", context)


@require_safe
def instrument(request: HttpRequest, language: str, name: str) -> HttpResponse:
    """The status of an instrument on a day."""
    with asked(request, language, *OF_INSTRUMENT) as question:
        it = _instrument(question, name)
        page = instrument_page(question, it)
        export = instrument_export(question, it, page)
        return answer(request, question, "pages/instrument.html", question.frame() | page, export)


@require_safe
def why(request: HttpRequest, language: str, name: str, code: str) -> HttpResponse:
    """Why an actor has its status under an instrument, and what binds it toward another."""
    with asked(request, language, "toward") as question:
        it, actor_id = _instrument(question, name), _actor(question, code)
        toward = question.extra["toward"]
        other = _actor(question, toward) if toward else None
        context = question.frame() | why_page(question, it, actor_id, other)
    return render(request, "pages/why.html", context)


@require_safe
def relation(request: HttpRequest, language: str, name: str) -> HttpResponse:
    """From two actors, as a form names them, to the page of what binds them toward each other."""
    with asked(request, language, "one", "toward") as question:
        it, one = _instrument(question, name), _actor(question, question.extra["one"])
        other = _actor(question, question.extra["toward"])
        page = question.link(f"instruments/{it.id}/{one}")
    query = "&" if "?" in page else "?"
    return HttpResponseRedirect(f"{page}{query}{urlencode({'toward': other})}#relation-title")


@require_safe
def actor(request: HttpRequest, language: str, code: str) -> HttpResponse:
    """All that concerns an actor on a day."""
    with asked(request, language, *OF_ACTOR) as question:
        known = _actor(question, code)
        page = actor_page(question, known)
        export = actor_export(question, known, page)
        return answer(request, question, "pages/actor.html", question.frame() | page, export)


@require_safe
def instruments(request: HttpRequest, language: str) -> HttpResponse:
    """All instruments, with how they stand on a day."""
    with asked(request, language, *OF_INSTRUMENTS) as question:
        page = instruments_page(question)
        export = index_export("instruments", page, Scope(area=question.extra["area"]))
        return answer(request, question, "pages/index.html", question.frame() | page, export)


@require_safe
def actors(request: HttpRequest, language: str) -> HttpResponse:
    """All actors that exist on a day."""
    with asked(request, language, *OF_ACTORS) as question:
        page = actors_page(question)
        return answer(request, question, "pages/index.html", question.frame() | page, index_export("actors", page))


@require_safe
def groups(request: HttpRequest, language: str) -> HttpResponse:
    """All groups, with how many members they have on a day."""
    with asked(request, language, *LISTED) as question:
        page = groups_page(question)
        return answer(request, question, "pages/index.html", question.frame() | page, index_export("groups", page))


@require_safe
def group(request: HttpRequest, language: str, name: str) -> HttpResponse:
    """A group and its members on a day."""
    with asked(request, language, *LISTED) as question:
        found = group_named(question, name)
        page = group_page(question, found)
        return answer(request, question, "pages/group.html", question.frame() | page, group_export(found, page))


@require_safe
def to_language(request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address without a language: on to the reader's."""
    if rest in LANGUAGES:
        return HttpResponseRedirect(f"/{rest}/")
    if language_of(request.path)[0]:
        raise Http404
    response = HttpResponseRedirect(f"/{language_for(request)}{request.get_full_path()}")
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _instrument(question: Question, name: str) -> Instrument:
    reading = question.register.reading
    if not reading.has_definition(name):
        raise Fault(
            404, question.words.text("fault.instrument", name=name), nearest=nearest_instruments(question, name)
        )
    return question.register.instrument(name)


def _actor(question: Question, code: str) -> str:
    actors = question.register.reading.directory.actors
    if code in actors or code.upper() in actors:
        return question.register.actor_code(code)
    raise Fault(404, question.words.text("fault.actor", name=code), nearest=nearest_actors(question, code))
