"""What forms let a reader choose: instruments, actors and groups, by code or by their exact name."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import HttpRequest

from comity.instruments import AREAS, Instrument
from comity.law.results import DECLARED
from comity.server.asking import Question
from comity.server.faults import Fault
from comity.server.frames import frame
from comity.server.pages.nearest import nearest_actors, nearest_instruments

__all__ = ["actor_named", "chosen_instrument", "framed", "instruments_by_area", "names_to_choose"]

# Whom a list of names offers: former States stay to be asked for by their codes.
_OFFERED = frozenset({"state", "organization"})


def framed(question: Question, request: HttpRequest, **kept: str | Iterable[str]) -> dict[str, object]:
    """The frame of a page with parameters that may stand several times: they lead on into the other languages.

    `kept` are the parameters that the permanent link holds beside the day and the moment.
    """
    frames = frame(question.words.code, question.path, request.GET.urlencode())
    asked: list[tuple[str, str]] = [("on", str(question.on))]
    asked.append(("known", question.known or str(question.seen.size)))
    for name, values in kept.items():
        asked += [(name, value) for value in ([values] if isinstance(values, str) else values) if value]
    link = f"/{question.words.code}/{question.path}?{urlencode(asked)}"
    return question.frame() | {"others": frames["others"], "permalink": link}


def actor_named(question: Question, text: str, *, groups: bool = False) -> str:
    """The id of an actor, or of a group where one may stand, by code or exact name. Raises `Fault` naming the nearest.

    A name that several actors bear or bore stands for the one among them that exists on the day asked.
    """
    directory = question.register.reading.directory
    text = text.strip()
    if groups and text in directory.groups:
        return text
    for code in (text, text.upper()):
        if code in directory.actors:
            return code
    named = directory.named(text)
    standing = [code for code in named if directory.exists(code, question.on)]
    if len(standing or named) == 1:
        return next(iter(standing or named))
    raise Fault(404, question.words.text("fault.actor", name=text), nearest=nearest_actors(question, text))


def chosen_instrument(question: Question, name: str) -> Instrument:
    """The instrument of an id. Raises `Fault` naming the nearest."""
    if not question.register.reading.has_definition(name):
        said = question.words.text("fault.instrument", name=name)
        raise Fault(404, said, nearest=nearest_instruments(question, name))
    return question.register.instrument(name)


def names_to_choose(question: Question, *, groups: bool = False) -> list[tuple[str, str]]:
    """Codes and names of who exists on the day asked, by name; groups after them."""
    directory, words = question.register.reading.directory, question.words
    found = [
        (code, words.name(code))
        for code, actor in directory.actors.items()
        if actor.kind in _OFFERED and actor.exists(question.on)
    ]
    found.sort(key=lambda pair: words.sort_key(pair[1]))
    if groups:
        titled = ((group, words.group(group)) for group in directory.groups)
        found += sorted(titled, key=lambda pair: words.sort_key(pair[1]))
    return found


def instruments_by_area(question: Question, *, declared: bool = False) -> list[tuple[str, list[tuple[str, str]]]]:
    """Areas with the ids and titles of their instruments, each under its first area; declarations only where asked."""
    words, reading = question.words, question.register.reading
    by_area: dict[str, list[Instrument]] = {area: [] for area in (*AREAS, "")}
    for name in reading.ids():
        it = reading.instrument(name)
        if it is not None and (declared or it.kind not in DECLARED):
            by_area[it.areas[0] if it.areas else ""].append(it)
    return [
        (
            words.area(area) if area else str(words.text("home.other")),
            sorted(((it.id, words.plain_title(it)) for it in found), key=lambda pair: words.sort_key(pair[1])),
        )
        for area, found in by_area.items()
        if found
    ]
